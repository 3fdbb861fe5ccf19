extension ChatGPT {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "ChatGPT conversation",
      "description": "One conversation of conversations.json: a tree of messages.",
      "type": "object",
      "required": [
        "mapping",
        "current_node"
      ],
      "properties": {
        "id": {
          "type": [
            "string",
            "null"
          ]
        },
        "conversation_id": {
          "type": [
            "string",
            "null"
          ]
        },
        "current_node": {
          "description": "The message that the conversation ends with.",
          "type": "string"
        },
        "mapping": {
          "description": "Messages by id.",
          "type": "object",
          "additionalProperties": {
            "type": "object",
            "properties": {
              "parent": {
                "type": [
                  "string",
                  "null"
                ]
              },
              "children": {
                "type": "array",
                "items": {
                  "type": "string"
                }
              },
              "message": {
                "anyOf": [
                  {
                    "type": "null"
                  },
                  {
                    "type": "object",
                    "required": [
                      "author",
                      "content"
                    ],
                    "properties": {
                      "author": {
                        "type": "object",
                        "required": [
                          "role"
                        ],
                        "properties": {
                          "role": {
                            "type": "string"
                          }
                        }
                      },
                      "content": {
                        "type": "object",
                        "properties": {
                          "content_type": {
                            "type": "string"
                          },
                          "parts": {
                            "type": "array"
                          }
                        }
                      },
                      "weight": {
                        "type": [
                          "number",
                          "null"
                        ]
                      }
                    }
                  }
                ]
              }
            }
          }
        }
      }
    }
    """#)
}
