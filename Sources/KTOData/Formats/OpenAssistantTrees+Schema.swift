extension OpenAssistantTrees {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "OpenAssistant tree",
      "description": "A prompt with its nested replies.",
      "type": "object",
      "required": [
        "prompt"
      ],
      "properties": {
        "message_tree_id": {
          "type": [
            "string",
            "null"
          ]
        },
        "prompt": {
          "$ref": "#/$defs/message"
        }
      },
      "$defs": {
        "message": {
          "type": "object",
          "required": [
            "text",
            "role"
          ],
          "properties": {
            "message_id": {
              "type": "string"
            },
            "text": {
              "type": [
                "string",
                "null"
              ]
            },
            "role": {
              "type": "string"
            },
            "rank": {
              "description": "0 is the best among the replies to one message.",
              "type": [
                "integer",
                "number",
                "null"
              ]
            },
            "deleted": {
              "type": [
                "boolean",
                "null"
              ]
            },
            "replies": {
              "type": [
                "array",
                "null"
              ],
              "items": {
                "$ref": "#/$defs/message"
              }
            }
          }
        }
      }
    }
    """#)
}
