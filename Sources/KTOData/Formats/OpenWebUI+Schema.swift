extension OpenWebUI {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Open WebUI feedback or chat",
      "description": "A rating with a snapshot of its chat, or a chat with rated answers.",
      "type": "object",
      "anyOf": [
        {
          "required": [
            "data",
            "meta",
            "snapshot"
          ],
          "properties": {
            "data": {
              "type": "object"
            },
            "meta": {
              "type": "object",
              "required": [
                "message_id"
              ]
            },
            "snapshot": {
              "type": "object",
              "required": [
                "chat"
              ]
            }
          }
        },
        {
          "required": [
            "chat"
          ],
          "properties": {
            "chat": {
              "type": "object",
              "required": [
                "history"
              ]
            }
          }
        }
      ],
      "properties": {
        "data": {
          "description": "rating is 1 or -1, as a number or a text.",
          "type": [
            "object",
            "null"
          ]
        },
        "meta": {
          "type": [
            "object",
            "null"
          ]
        },
        "snapshot": {
          "type": [
            "object",
            "null"
          ]
        },
        "chat": {
          "type": [
            "object",
            "null"
          ]
        }
      }
    }
    """#)
}
