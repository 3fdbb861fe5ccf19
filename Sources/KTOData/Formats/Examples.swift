package import KTOCore

/// What this tool writes: TRL's unpaired format with id, group and source beside it.
package struct Examples: RecordFormat {
  package static let name = "examples"
  package static let summary =
    "the examples that ingest and split write: TRL unpaired with id, group and source"
  package static let sample = #"""
    {"id":"a","prompt":[{"role":"user","content":"Hi"}],"completion":[{"role":"assistant","content":"Hello!"}],"label":true,"group":"g","source":{"file":"raw.jsonl","line":1,"column":1,"byteOffset":0,"pointer":""}}
    """#
  package static let fields = [
    "id", "prompt", "completion", "label", "signal", "group", "weight", "tools", "metadata", "source",
  ]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let keys = ["prompt", "completion", "group", "source"]
    let isOurs = keys.allSatisfy { record[$0] != nil } && record["chosen"] == nil && record["rejected"] == nil
    return isOurs ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    UnpairedRecord().convert(record, into: &output)
    guard let metadata = record["metadata"] else { return }
    if metadata.object == nil {
      output.error(.wrongShape, metadata, "/metadata", "metadata must be a JSON object")
    }
    for index in output.drafts.indices { output.drafts[index].metadata = metadata.object }
  }
}

extension Examples {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "kto-data example",
      "description": "One answer with one thumb, one JSON object a line: TRL's unpaired conversational preference format with id, group and source beside it.",
      "type": "object",
      "required": [
        "id",
        "prompt",
        "completion",
        "group",
        "source"
      ],
      "properties": {
        "id": {
          "type": "string",
          "minLength": 1,
          "maxLength": 256
        },
        "prompt": {
          "description": "The turns before the answer; the last is of user or tool.",
          "$ref": "#/$defs/messages"
        },
        "completion": {
          "description": "The answer: assistant turns, tool turns between them.",
          "$ref": "#/$defs/messages"
        },
        "label": {
          "description": "True is desirable. Absent only between ingest and label.",
          "type": "boolean"
        },
        "metadata": {
          "description": "Fields of the source that nothing else here holds.",
          "type": "object"
        },
        "signal": {
          "description": "What a label can be made from, where there is none yet: one piece of evidence or a list of them.",
          "anyOf": [
            {
              "$ref": "#/$defs/signal"
            },
            {
              "type": "array",
              "items": {
                "$ref": "#/$defs/signal"
              }
            }
          ]
        },
        "group": {
          "description": "Examples of one group share a prompt and stay on one side of a split.",
          "type": "string",
          "minLength": 1,
          "maxLength": 256
        },
        "weight": {
          "type": "number",
          "minimum": 0
        },
        "tools": {
          "type": "array"
        },
        "source": {
          "description": "Where the example came from.",
          "type": "object",
          "required": [
            "file",
            "line",
            "byteOffset",
            "pointer"
          ],
          "properties": {
            "file": {
              "type": "string"
            },
            "line": {
              "type": "integer",
              "minimum": 0
            },
            "byteOffset": {
              "type": "integer",
              "minimum": 0
            },
            "pointer": {
              "type": "string"
            },
            "verdicts": {
              "description": "Which fields of the metadata are about this answer; of the others of several answers of one record nobody knows.",
              "type": "array",
              "items": {
                "type": "string"
              }
            }
          }
        }
      },
      "$defs": {
        "signal": {
          "type": "object",
          "anyOf": [
            {
              "required": [
                "field"
              ],
              "properties": {
                "field": {
                  "type": "boolean"
                }
              }
            },
            {
              "required": [
                "pair"
              ],
              "properties": {
                "pair": {
                  "type": "boolean"
                }
              }
            },
            {
              "required": [
                "tie"
              ],
              "properties": {
                "tie": {
                  "const": true
                }
              }
            },
            {
              "required": [
                "score",
                "accepted"
              ],
              "properties": {
                "score": {
                  "type": "number"
                },
                "accepted": {
                  "type": "boolean"
                }
              }
            },
            {
              "required": [
                "rank",
                "last"
              ],
              "properties": {
                "rank": {
                  "type": "integer"
                },
                "last": {
                  "type": "integer"
                }
              }
            },
            {
              "required": [
                "word"
              ],
              "properties": {
                "word": {
                  "type": "string"
                }
              }
            },
            {
              "required": [
                "value",
                "at"
              ],
              "properties": {
                "at": {
                  "type": "string"
                }
              }
            }
          ]
        },
        "message": {
          "type": "object",
          "required": [
            "role",
            "content"
          ],
          "properties": {
            "role": {
              "enum": [
                "system",
                "developer",
                "user",
                "assistant",
                "tool"
              ]
            },
            "content": {
              "type": "string"
            },
            "name": {
              "type": "string"
            },
            "tool_call_id": {
              "type": "string"
            },
            "tool_calls": {
              "type": "array",
              "items": {
                "type": "object"
              }
            },
            "function_call": {
              "type": "object"
            },
            "reasoning_content": {
              "type": "string"
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
    }
    """#)
}
