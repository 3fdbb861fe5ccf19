extension HelpSteer {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "HelpSteer row",
      "description": "A prompt, a response and how helpful it is.",
      "type": "object",
      "required": [
        "prompt",
        "response",
        "helpfulness"
      ],
      "properties": {
        "prompt": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "response": {
          "description": "Text, or a list of messages.",
          "type": [
            "string",
            "array",
            "object"
          ]
        },
        "helpfulness": {
          "description": "From 0 to 4.",
          "type": [
            "number",
            "null"
          ],
          "minimum": 0,
          "maximum": 4
        }
      }
    }
    """#)
}
