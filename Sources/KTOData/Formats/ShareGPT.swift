package import KTOCore

/// ShareGPT: `conversations` of `from`/`value` turns, `kto_tag` or `label` as the thumb, `system` and `tools`
/// as LLaMA-Factory writes them.
package struct ShareGPT: RecordFormat {
  package static let name = "sharegpt"
  package static let summary =
    "ShareGPT: conversations of from/value turns, with kto_tag where they are labelled"
  package static let sample = #"""
    {"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello!"}],"kto_tag":true}
    """#
  package static let fields = ["id", "conversations"] + CommonFields.names

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard let turns = record["conversations"], record["chosen"] == nil, record["rejected"] == nil else {
      return 0
    }
    return isList(turns, of: "from") ? 2 : 1
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let list = record["conversations"] else {
      return output.error(.wrongShape, record, "", "the record has no \"conversations\"")
    }
    let verdict = output.evidence(of: record, "")
    guard let turns = output.turns(list, "/conversations") else { return }
    output.addConversation(turns, of: list, "/conversations", verdict: verdict)
  }
}

extension ShareGPT {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "ShareGPT conversation",
      "description": "Turns of from and value; the last gpt turn is what the thumb is about.",
      "type": "object",
      "required": [
        "conversations"
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "conversations": {
          "type": "array",
          "minItems": 1,
          "items": {
            "type": "object",
            "anyOf": [
              {
                "required": [
                  "from",
                  "value"
                ],
                "properties": {
                  "from": {
                    "type": "string"
                  },
                  "value": {
                    "type": [
                      "string",
                      "null"
                    ]
                  }
                }
              },
              {
                "required": [
                  "role",
                  "content"
                ],
                "properties": {
                  "role": {
                    "type": "string"
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
            ]
          }
        },
        "kto_tag": {
          "description": "True is desirable.",
          "type": "boolean"
        },
        "label": {
          "description": "True is desirable.",
          "type": "boolean"
        },
        "system": {
          "type": [
            "string",
            "null"
          ]
        },
        "tools": {
          "description": "Tool definitions for the chat template: a list, or the list as JSON in a string.",
          "type": [
            "array",
            "string",
            "null"
          ]
        }
      }
    }
    """#)
}
