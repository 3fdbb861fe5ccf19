extension UltraFeedback {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "UltraFeedback record",
      "description": "An instruction and its scored completions.",
      "type": "object",
      "required": [
        "instruction",
        "completions"
      ],
      "properties": {
        "instruction": {
          "type": "string"
        },
        "completions": {
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "response"
            ],
            "properties": {
              "response": {
                "type": "string"
              },
              "overall_score": {
                "description": "From 1 to 10.",
                "type": [
                  "number",
                  "null"
                ]
              }
            }
          }
        }
      }
    }
    """#)
}
