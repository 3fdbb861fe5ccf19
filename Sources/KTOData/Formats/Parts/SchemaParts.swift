/// What several formats' JSON Schemas have in common, indented as it stands in them; a schema names it with `\#(…)`.
enum SchemaParts {
  /// The schema of a record's `id`, a property.
  static let id = #"""
    {
          "description": "Names the record; made from the file's name and the record's number where it is absent.",
          "type": [
            "string",
            "integer"
          ]
        }
    """#

  /// The definitions `message` and `messages`: OpenAI's chat messages.
  static let messages = #"""
    {
        "message": {
          "type": "object",
          "required": [
            "role"
          ],
          "properties": {
            "role": {
              "description": "system, developer, user, assistant or tool.",
              "type": "string",
              "minLength": 1
            },
            "content": {
              "description": "Text, a list of text parts, or null beside tool_calls.",
              "type": [
                "string",
                "array",
                "null"
              ],
              "items": {
                "anyOf": [
                  {
                    "type": "string"
                  },
                  {
                    "type": "object",
                    "required": [
                      "type"
                    ],
                    "properties": {
                      "type": {
                        "type": "string"
                      },
                      "text": {
                        "type": "string"
                      }
                    }
                  }
                ]
              }
            },
            "name": {
              "type": [
                "string",
                "null"
              ]
            },
            "tool_call_id": {
              "type": [
                "string",
                "null"
              ]
            },
            "tool_calls": {
              "type": [
                "array",
                "null"
              ],
              "items": {
                "type": "object"
              }
            },
            "weight": {
              "description": "OpenAI's loss mask; never a label.",
              "type": [
                "number",
                "null"
              ]
            }
          }
        },
        "messages": {
          "type": "array",
          "minItems": 1,
          "items": {
            "$ref": "#/$defs/message"
          }
        }
      }
    """#
}
