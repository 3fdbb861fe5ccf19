internal import KTOCore

/// The two sides of a record, and how they become examples.
struct Pair {
  /// The fields in which the sides' own scores stand, the better side's first.
  static let scoreFields = [
    ("score_chosen", "score_rejected"), ("chosen_score", "rejected_score"),
    ("rating_chosen", "rating_rejected"), ("chosen_rating", "rejected_rating"),
    ("chosen-rating", "rejected-rating"),
  ]
  static let scoreFieldNames = scoreFields.flatMap { [$0.0, $0.1] }

  var nodes: (chosen: JSONNode, rejected: JSONNode)
  private var evidence: (chosen: [Evidence], rejected: [Evidence]) = ([], [])

  init?(_ record: JSONNode, in output: inout ConvertedRecord) {
    for key in ["chosen", "rejected"] where record[key] == nil {
      output.error(.wrongShape, record, "", "the record has no \"\(key)\"")
    }
    guard let chosen = record["chosen"], let rejected = record["rejected"] else { return nil }
    nodes = (chosen, rejected)
    for (better, worse) in Self.scoreFields { readScores(of: record, better, worse, in: &output) }
  }

  private mutating func readScores(
    of record: JSONNode, _ better: String, _ worse: String, in output: inout ConvertedRecord
  ) {
    guard let first = record[better], let second = record[worse], let high = first.double, high.isFinite,
      let low = second.double, low.isFinite
    else {
      for name in [better, worse] where record[name]?.isNull == false { output.leave(name) }
      return
    }
    for (side, node, name) in [(true, first, better), (false, second, worse)] {
      let score = Evidence(
        signal: .score(side ? high : low, isAccepted: false), name: "\"\(name)\" (\(side ? high : low))",
        offset: node.offset, pointer: "/" + name)
      if side { evidence.chosen.append(score) } else { evidence.rejected.append(score) }
    }
    isTie = isTie || high == low
    if high < low, disagreement == nil {
      disagreement = RecordFinding(
        code: .evidenceDisagrees, offset: second.offset, pointer: "/" + worse,
        message: "the rejected answer has the higher score: \"\(better)\" is \(high), \"\(worse)\" is \(low)",
        hint: "with data.label.from: pair the sides alone decide, with score the scores")
    }
  }

  private var isTie = false
  private var disagreement: RecordFinding?

  func emit(prompt: [Turn], chosen: [Turn], rejected: [Turn], in output: inout ConvertedRecord) {
    guard chosen.map(\.message) != rejected.map(\.message) else {
      output.error(
        RepetitionCheck.contradiction, nodes.rejected, "/rejected", "chosen and rejected are the same answer",
        hint: "remove the pair: one answer cannot be both desirable and undesirable")
      return
    }
    if output.words.comparesSides, let disagreement { output.findings.append(disagreement) }
    output.drafts.append(
      side("chosen", nodes.chosen, prompt, chosen, isBetter: true, evidence.chosen, in: output))
    output.drafts.append(
      side("rejected", nodes.rejected, prompt, rejected, isBetter: false, evidence.rejected, in: output))
  }

  private func side(
    _ key: String, _ node: JSONNode, _ prompt: [Turn], _ completion: [Turn], isBetter: Bool,
    _ scores: [Evidence], in output: ConvertedRecord
  ) -> Draft {
    let isUndecided = isTie && output.words.comparesSides
    let own = Evidence(
      signal: isUndecided ? .tie : .pair(isBetter), name: "\"\(key)\"", offset: node.offset,
      pointer: "/" + key)
    return Draft(
      prompt: prompt, completion: completion, evidence: [own] + scores, idSuffix: "-" + key,
      offset: node.offset, pointer: "/" + key)
  }
}
