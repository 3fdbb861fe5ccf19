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
    record["messages"] != nil && rejectedFields.contains { record[$0] != nil } ? 3 : 0
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
    guard let worse = rejected(pair.nodes.rejected, field, insteadOf: better, in: &output) else { return }
    let count = sharedTurnCount(better, worse)
    pair.emit(
      prompt: Array(better[..<count]), chosen: Array(better[count...]), rejected: Array(worse[count...]),
      in: &output)
  }

  /// The conversation with the worse answer. A rejected response is text or messages, in place of all that follows the last
  /// turn of the user, calls of tools and their results among it.
  private func rejected(
    _ node: JSONNode, _ field: String, insteadOf better: [Turn], in output: inout ConvertedRecord
  ) -> [Turn]? {
    guard field == "rejected_response" else { return output.turns(node, "/" + field) }
    guard better.last?.message.role == "assistant",
      let user = better.lastIndex(where: { $0.message.role == "user" })
    else {
      output.error(
        .roleOrder, node, "/" + field,
        "the messages do not end with an answer to the user, which the rejected response is to replace")
      return nil
    }
    return output.turnsOrText(node, "/" + field, role: "assistant").map { Array(better[...user]) + $0 }
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
