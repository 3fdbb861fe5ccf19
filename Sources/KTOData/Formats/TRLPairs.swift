package import KTOCore

/// Pairs: `chosen` and `rejected` as messages or text, the prompt in a column beside them, or the messages with which
/// both begin. A pair makes two examples of one group.
package struct TRLPairs: RecordFormat {
  package static let name = "trl-pairs"
  package static let summary =
    "pairs of TRL and LLaMA-Factory: chosen and rejected, the prompt beside them or in the messages of both"
  package static let sample = #"""
    {"prompt":"What is 2 + 2?","chosen":"4","rejected":"5"}
    """#
  package static let fields =
    ["id", "chosen", "rejected", "tools"] + CommonFields.systemNames + conversationFields
    + QuestionColumns.all
    + Pair.scoreFieldNames
  private static let conversationFields = ["conversations", "messages"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let sides = [record["chosen"], record["rejected"]]
    return sides.count { $0 != nil }
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let pair = Pair(record, in: &output) else { return }
    let (chosen, rejected) = pair.nodes
    guard var better = output.turnsOrText(chosen, "/chosen", role: "assistant"),
      var worse = output.turnsOrText(rejected, "/rejected", role: "assistant")
    else { return }
    var prompt: [Turn] = []
    let column = output.question(of: record)
    if let question = column ?? conversation(of: record, in: &output) {
      prompt = question
      if column != nil {
        for name in Self.conversationFields where record[name]?.isNull == false { output.leave(name) }
      }
      // Some files repeat the prompt inside both sides.
      if let first = prompt.first, !first.message.content.isEmpty, starts(better, with: prompt),
        starts(worse, with: prompt)
      {
        better.removeFirst(prompt.count)
        worse.removeFirst(prompt.count)
      }
    } else {
      guard !output.hasError else { return }
      guard chosen.array != nil, rejected.array != nil else {
        return output.error(
          .wrongShape, record, "", "the pair has no prompt: what two texts begin with alike is no question",
          hint: "put the question into a column named prompt, instruction or question")
      }
      let count = sharedTurnCount(better, worse)
      prompt = Array(better[..<count])
      better.removeFirst(count)
      worse.removeFirst(count)
    }
    pair.emit(prompt: prompt, chosen: better, rejected: worse, in: &output)
  }

  /// The turns before both answers, where the pair stands at the end of a conversation.
  private func conversation(of record: JSONNode, in output: inout ConvertedRecord) -> [Turn]? {
    guard !output.hasError else { return nil }
    for name in Self.conversationFields {
      if let list = record[name], list.array?.isEmpty == false { return output.turns(list, "/" + name) }
    }
    return nil
  }

  private func starts(_ turns: [Turn], with prompt: [Turn]) -> Bool {
    turns.count > prompt.count && zip(turns, prompt).allSatisfy { $0.message == $1.message }
  }
}

extension TRLPairs {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "TRL paired preference",
      "description": "Two answers to one prompt, the better in chosen; the prompt beside them, or at the start of both.",
      "type": "object",
      "required": [
        "chosen",
        "rejected"
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
        "chosen": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "$ref": "#/$defs/messages"
            }
          ]
        },
        "rejected": {
          "anyOf": [
            {
              "type": "string"
            },
            {
              "$ref": "#/$defs/messages"
            }
          ]
        }
      },
      "$defs": \#(SchemaParts.messages)
    }
    """#)
}
