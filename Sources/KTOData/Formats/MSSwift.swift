package import KTOCore

/// ms-swift's pairs: `messages` that end with the better answer, and the worse one in `rejected_response` or at the end
/// of `rejected_messages`.
package struct MSSwift: RecordFormat {
  package static let name = "ms-swift"
  package static let summary = "ms-swift's pairs: messages with rejected_response or rejected_messages"
  package static let sample = #"""
    {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}],"rejected_response":"What?"}
    """#
  package static let fields = ["id", "messages"] + rejectedFields + CommonFields.names
  private static let rejectedFields = ["rejected_response", "rejected_messages"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let isPair = rejectedFields.contains { record[$0]?.isNull == false }
    return isPair && record["messages"] != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let verdict = output.evidence(of: record, "")
    guard let list = record["messages"] else {
      return output.error(.wrongShape, record, "", "the record has no \"messages\"")
    }
    let given = Self.rejectedFields.filter { record[$0]?.isNull == false }
    guard let field = given.first else {
      // A chat without a worse answer among pairs.
      if let turns = output.turns(list, "/messages") {
        output.addConversation(turns, of: list, "/messages", verdict: verdict)
      }
      return
    }
    guard given.count == 1 else {
      return output.error(
        .wrongShape, record["rejected_messages"] ?? record, "/rejected_messages",
        "the worse answer stands in rejected_response and in rejected_messages", hint: "keep one of the two")
    }
    guard var pair = Pair(record, better: "messages", worse: field, scores: [], in: &output),
      let better = output.turns(list, "/messages")
    else { return }
    pair.evidence.chosen = verdict
    guard let sides = rejected(pair.nodes.rejected, "/" + field, insteadOf: better, in: &output) else {
      return
    }
    for (index, worse) in sides.enumerated() {
      let count = sharedTurnCount(better, worse)
      pair.emit(
        prompt: Array(better[..<count]), chosen: Array(better[count...]), rejected: Array(worse[count...]),
        in: &output)
      guard index > 0, !output.hasError else { continue }
      // The better answer is there already.
      output.drafts.remove(at: output.drafts.count - 2)
      output.drafts[output.drafts.count - 1].idSuffix += "-\(index)"
    }
  }

  /// The whole conversations with each worse answer.
  private func rejected(
    _ node: JSONNode, _ pointer: String, insteadOf better: [Turn], in output: inout ConvertedRecord
  ) -> [[Turn]]? {
    if pointer == "/rejected_messages" { return output.turns(node, pointer).map { [$0] } }
    guard better.last?.message.role == "assistant" else {
      output.error(
        .roleOrder, node, pointer,
        "the messages do not end with an answer of the assistant, which the rejected response is to replace")
      return nil
    }
    let texts = node.array ?? [node]
    var sides: [[Turn]] = []
    for (index, item) in texts.enumerated() {
      let place = node.array == nil ? pointer : "\(pointer)/\(index)"
      guard let text = item.string else {
        output.error(
          .wrongShape, item, place, "a rejected response must be text, not a JSON \(item.typeName)")
        return nil
      }
      sides.append(better.dropLast() + [Turn(role: "assistant", text: text, at: item, place)])
    }
    return sides
  }
}

extension MSSwift {
  package static let schema: FormatSchema? = .json(
    #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "ms-swift pair",
      "description": "Messages that end with the better answer, and the worse one beside them.",
      "type": "object",
      "required": [
        "messages"
      ],
      "properties": {
        "id": \#(SchemaParts.id),
        "messages": {
          "$ref": "#/$defs/messages"
        },
        "rejected_response": {
          "type": [
            "string",
            "array",
            "null"
          ]
        },
        "rejected_messages": {
          "anyOf": [
            {
              "type": "null"
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
