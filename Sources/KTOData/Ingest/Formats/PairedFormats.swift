internal import KTOCore

/// TRL's paired format: `chosen` and `rejected` as message lists or text, the prompt beside them (explicit) or
/// at the start of both (implicit). A pair makes two examples of one group.
struct PairConverter: RecordConverter {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let pair = Pair(record, in: &output) else { return }
    let (chosen, rejected) = pair.nodes
    if let first = chosen.string, let second = rejected.string, record["prompt"] == nil {
      let cut = commonPrefix(first, second)
      let prompt = turn("user", String(decoding: Array(first.utf8)[..<cut], as: UTF8.self), chosen, "/chosen")
      pair.emit(
        prompt: isBlankText(prompt.message.content) ? [] : [prompt],
        chosen: [turn("assistant", rest(first, from: cut), chosen, "/chosen")],
        rejected: [turn("assistant", rest(second, from: cut), rejected, "/rejected")], in: &output)
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

  private func turn(_ role: String, _ text: String, _ node: JSONNode, _ pointer: String) -> Turn {
    Turn(
      message: Message(role: role, content: text), offset: node.offset, pointer: pointer,
      contentOffset: node.offset, contentPointer: pointer)
  }
}

/// Transcripts of the hh-rlhf data set: one string a side, cut at the **last** "\n\nAssistant:", because an
/// earlier cut would put a whole dialogue into the answer.
struct TranscriptConverter: RecordConverter {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    guard let pair = Pair(record, in: &output) else { return }
    let (chosen, rejected) = pair.nodes
    guard let better = transcript(chosen, "/chosen", in: &output),
      let worse = transcript(rejected, "/rejected", in: &output)
    else { return }
    let (prompt, otherPrompt) = (Array(better.dropLast()), Array(worse.dropLast()))
    guard prompt.map(\.message) == otherPrompt.map(\.message) else {
      output.error(
        "E04", rejected, "/rejected", "chosen and rejected do not answer the same prompt",
        hint: "everything before the last \"\\n\\nAssistant:\" must be equal on both sides")
      return
    }
    pair.emit(
      prompt: prompt, chosen: Array(better.suffix(1)), rejected: Array(worse.suffix(1)), in: &output)
  }

  private func transcript(_ node: JSONNode, _ pointer: String, in output: inout ConvertedRecord) -> [Turn]? {
    guard let text = node.string else {
      output.error("E11", node, pointer, "a transcript must be a string, not a JSON \(node.typeName)")
      return nil
    }
    var turns: [Turn] = []
    for piece in pieces(Array(text.utf8)) {
      turns.append(
        Turn(
          message: Message(role: piece.role, content: piece.text), offset: node.offset, pointer: pointer,
          contentOffset: node.offset, contentPointer: pointer))
    }
    guard turns.count > 1, turns.last?.message.role == "assistant" else {
      output.error(
        "E04", node, pointer, "the transcript does not end with an \"\\n\\nAssistant:\" turn after a prompt")
      return nil
    }
    return turns
  }

  /// The turns between the markers, white space around each removed.
  private func pieces(_ bytes: [UInt8]) -> [(role: String, text: String)] {
    let markers = [(Array("\n\nHuman:".utf8), "user"), (Array("\n\nAssistant:".utf8), "assistant")]
    var result: [(role: String, text: String)] = []
    var role: String?
    var start = 0
    func close(at end: Int) {
      guard let role else { return }
      var slice = bytes[start..<end]
      while let first = slice.first, first == 0x20 || first == 0x0A { slice.removeFirst() }
      while let last = slice.last, last == 0x20 || last == 0x0A { slice.removeLast() }
      result.append((role, String(decoding: slice, as: UTF8.self)))
    }
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x0A,
        let (marker, name) = markers.first(where: { bytes[index...].starts(with: $0.0) })
      {
        close(at: index)
        role = name
        index += marker.count
        start = index
      } else {
        index += 1
      }
    }
    close(at: bytes.count)
    return result
  }
}

/// The two sides of a record, and how they become examples.
private struct Pair {
  var nodes: (chosen: JSONNode, rejected: JSONNode)

  init?(_ record: JSONNode, in output: inout ConvertedRecord) {
    for key in ["chosen", "rejected"] where record[key] == nil {
      output.error("E11", record, "", "the record has no \"\(key)\"")
    }
    guard let chosen = record["chosen"], let rejected = record["rejected"] else { return nil }
    nodes = (chosen, rejected)
  }

  func emit(prompt: [Turn], chosen: [Turn], rejected: [Turn], in output: inout ConvertedRecord) {
    guard chosen.map(\.message) != rejected.map(\.message) else {
      output.error(
        "E07", nodes.rejected, "/rejected", "chosen and rejected are the same answer",
        hint: "remove the pair: one answer cannot be both desirable and undesirable")
      return
    }
    output.drafts.append(side("chosen", nodes.chosen, prompt, chosen, isBetter: true))
    output.drafts.append(side("rejected", nodes.rejected, prompt, rejected, isBetter: false))
  }

  private func side(
    _ key: String, _ node: JSONNode, _ prompt: [Turn], _ completion: [Turn], isBetter: Bool
  ) -> Draft {
    Draft(
      prompt: prompt, completion: completion, signal: .pair(isBetter), idSuffix: "-" + key,
      offset: node.offset, pointer: "/" + key)
  }
}
