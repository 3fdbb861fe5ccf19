package import KTOCore

/// TRL's unpaired preference format: prompt, completion and label, as text or as messages.
package struct TRL: RecordFormat {
  package static let name = "trl"
  package static let summary = "TRL unpaired: prompt, completion and label"
  package static let sample = #"""
    {"prompt":"What is 2 + 2?","completion":"4","label":true}
    """#
  package static let fields =
    ["id", "completion", "group", "weight"] + QuestionColumns.all + CommonFields.names

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard record["chosen"] == nil, record["rejected"] == nil, record["completion"] != nil else { return 0 }
    if QuestionColumns.names.contains(where: { record[$0] != nil }) { return 2 }
    return record["label"] != nil ? 1 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    UnpairedRecord().convert(record, into: &output)
  }
}

extension TRL {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "TRL unpaired preference",
      "description": "One answer with one thumb; the fields trl.KTOTrainer reads.",
      "type": "object",
      "required": [
        "completion"
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "prompt": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "$ref": "#/$defs/messages"
            }
          ]
        },
        "completion": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "$ref": "#/$defs/messages"
            }
          ]
        },
        "label": {
          "description": "True is desirable.",
          "type": "boolean"
        },
        "weight": {
          "type": [
            "number",
            "null"
          ],
          "minimum": 0
        },
        "tools": {
          "description": "Tool definitions for the chat template: a list, or the list as JSON in a string.",
          "type": [
            "array",
            "string",
            "null"
          ]
        }
      },
      "$defs": \#(SchemaParts.messages)
    }
    """#)
}
