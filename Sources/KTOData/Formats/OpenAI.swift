package import KTOCore

/// OpenAI chat: `messages`, judged as a whole or message by message.
package struct OpenAI: RecordFormat {
  package static let name = "openai"
  package static let summary = "OpenAI chat messages with a feedback or label field"
  package static let sample = #"""
    {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}],"feedback":"thumbs_up"}
    """#
  package static let fields = ["id", "messages"] + CommonFields.names

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard let messages = record["messages"], record["chosen"] == nil, record["rejected"] == nil else {
      return 0
    }
    return isList(messages, of: "role") ? 2 : 1
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let list = record["messages"] else {
      return output.error(.wrongShape, record, "", "the record has no \"messages\"")
    }
    let verdict = output.evidence(of: record, "")
    guard let turns = output.turns(list, "/messages") else { return }
    output.addConversation(turns, of: list, "/messages", verdict: verdict)
  }
}

extension OpenAI {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "OpenAI chat with feedback",
      "description": "A conversation in OpenAI's chat format; the last assistant turn is what the feedback is about.",
      "type": "object",
      "required": [
        "messages"
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "messages": {
          "$ref": "#/$defs/messages"
        },
        "feedback": {
          "description": "The user's thumb; null or an empty string where nobody voted.",
          "enum": [
            null,
            "",
            true,
            false,
            1,
            -1,
            "1",
            "+1",
            "-1",
            "thumbs_up",
            "thumbs_down",
            "thumbsUp",
            "thumbsDown",
            "thumbsup",
            "thumbsdown",
            "up",
            "down",
            "positive",
            "negative"
          ]
        },
        "label": {
          "description": "The thumb as a bool.",
          "type": "boolean"
        },
        "kto_tag": {
          "description": "The thumb under LLaMA-Factory's name.",
          "type": "boolean"
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
