internal import KTOCore

/// The two sides of a record, and how they become examples.
struct Pair {
  var nodes: (chosen: JSONNode, rejected: JSONNode)

  init?(_ record: JSONNode, in output: inout ConvertedRecord) {
    for key in ["chosen", "rejected"] where record[key] == nil {
      output.error(.wrongShape, record, "", "the record has no \"\(key)\"")
    }
    guard let chosen = record["chosen"], let rejected = record["rejected"] else { return nil }
    nodes = (chosen, rejected)
  }

  func emit(prompt: [Turn], chosen: [Turn], rejected: [Turn], in output: inout ConvertedRecord) {
    guard chosen.map(\.message) != rejected.map(\.message) else {
      output.error(
        RepetitionCheck.contradiction, nodes.rejected, "/rejected", "chosen and rejected are the same answer",
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
