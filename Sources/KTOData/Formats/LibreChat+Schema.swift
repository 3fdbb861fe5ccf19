extension LibreChat {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "LibreChat conversation",
      "description": "An exported conversation: messages that name the one before.",
      "type": "object",
      "anyOf": [
        {
          "required": [
            "messages"
          ]
        },
        {
          "required": [
            "messagesTree"
          ]
        }
      ],
      "properties": {
        "conversationId": {
          "type": [
            "string",
            "null"
          ]
        },
        "messages": {
          "$ref": "#/$defs/messages"
        },
        "messagesTree": {
          "$ref": "#/$defs/messages"
        }
      },
      "$defs": {
        "messages": {
          "type": [
            "array",
            "null"
          ],
          "items": {
            "type": "object",
            "required": [
              "messageId",
              "isCreatedByUser"
            ],
            "properties": {
              "messageId": {
                "type": "string"
              },
              "parentMessageId": {
                "type": [
                  "string",
                  "null"
                ]
              },
              "isCreatedByUser": {
                "type": "boolean"
              },
              "text": {
                "type": [
                  "string",
                  "null"
                ]
              },
              "content": {
                "type": [
                  "array",
                  "string",
                  "null"
                ]
              },
              "children": {
                "$ref": "#/$defs/messages"
              },
              "feedback": {
                "description": "rating is thumbsUp or thumbsDown.",
                "type": [
                  "object",
                  "string",
                  "boolean",
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
