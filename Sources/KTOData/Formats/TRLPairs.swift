package import KTOCore

/// TRL's paired format: `chosen` and `rejected` as message lists or text, the prompt beside them (explicit) or
/// at the start of both (implicit). A pair makes two examples of one group.
package struct TRLPairs: RecordFormat {
  package static let name = "trl-pairs"
  package static let summary = "TRL pairs: chosen and rejected, with the prompt beside them or inside both"
  package static let sample = #"""
    {"prompt":"What is 2 + 2?","chosen":"4","rejected":"5"}
    """#
  package static let fields = ["id", "prompt", "chosen", "rejected"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let sides = [record["chosen"], record["rejected"]]
    return sides.count { $0 != nil }
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let pair = Pair(record, in: &output) else { return }
    let (chosen, rejected) = pair.nodes
    if let first = chosen.string, let second = rejected.string, record["prompt"] == nil {
      let cut = commonPrefix(first, second)
      let prompt = Turn(
        role: "user", text: String(decoding: Array(first.utf8)[..<cut], as: UTF8.self), at: chosen, "/chosen")
      pair.emit(
        prompt: isBlankText(prompt.message.content) ? [] : [prompt],
        chosen: [Turn(role: "assistant", text: rest(first, from: cut), at: chosen, "/chosen")],
        rejected: [Turn(role: "assistant", text: rest(second, from: cut), at: rejected, "/rejected")],
        in: &output)
      return
    }
    guard var better = output.turnsOrText(chosen, "/chosen", role: "assistant"),
      var worse = output.turnsOrText(rejected, "/rejected", role: "assistant")
    else { return }
    var prompt: [Turn]
    if let node = record["prompt"] {
      guard let turns = output.turnsOrText(node, "/prompt", role: "user") else { return }
      prompt = turns
      // Some files repeat the prompt inside both sides.
      if let first = prompt.first, !first.message.content.isEmpty,
        starts(better, with: prompt), starts(worse, with: prompt)
      {
        better.removeFirst(prompt.count)
        worse.removeFirst(prompt.count)
      }
    } else {
      let count = sharedTurnCount(better, worse)
      prompt = Array(better[..<count])
      better.removeFirst(count)
      worse.removeFirst(count)
    }
    pair.emit(prompt: prompt, chosen: better, rejected: worse, in: &output)
  }

  /// How many turns both sides share as their prompt: never the whole of one side, and never ending with an
  /// assistant turn, which belongs to the answers.
  private func sharedTurnCount(_ a: [Turn], _ b: [Turn]) -> Int {
    let limit = min(a.count, b.count)
    var count = 0
    while count < limit, a[count].message == b[count].message { count += 1 }
    if count == limit { count = max(0, limit - 1) }
    while count > 0, a[count - 1].message.role == "assistant" { count -= 1 }
    return count
  }

  private func starts(_ turns: [Turn], with prompt: [Turn]) -> Bool {
    turns.count > prompt.count && zip(turns, prompt).allSatisfy { $0.message == $1.message }
  }

  /// The number of bytes two texts share, cut at a scalar and before white space, which goes to the answers.
  private func commonPrefix(_ a: String, _ b: String) -> Int {
    var count = 0
    for (first, second) in zip(a.unicodeScalars, b.unicodeScalars) {
      guard first == second else { break }
      count += first.utf8.count
    }
    let bytes = Array(a.utf8)
    while count > 0, bytes[count - 1] == 0x20 || bytes[count - 1] == 0x0A { count -= 1 }
    return count
  }

  private func rest(_ text: String, from count: Int) -> String {
    String(decoding: text.utf8.dropFirst(count), as: UTF8.self)
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
