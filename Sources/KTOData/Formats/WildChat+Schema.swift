extension WildChat {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "WildChat conversation",
      "description": "A conversation of a user and a model.",
      "type": "object",
      "required": [
        "conversation"
      ],
      "properties": {
        "conversation_hash": {
          "type": [
            "string",
            "integer"
          ]
        },
        "conversation_id": {
          "type": [
            "string",
            "integer"
          ]
        },
        "conversation": {
          "description": "Messages with role and content.",
          "type": "array",
          "items": {
            "type": "object",
            "required": [
              "role"
            ],
            "properties": {
              "role": {
                "type": "string",
                "minLength": 1
              },
              "content": {
                "type": [
                  "string",
                  "array",
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
