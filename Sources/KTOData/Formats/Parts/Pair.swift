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

  /// What the record says about its sides.
  enum Outcome: Equatable {
    /// The first is better.
    case decided
    case tie
    /// Both are as good or as bad, because the configuration says so.
    case both(Bool)
    /// Nothing: neither side gets a label.
    case unknown
  }

  /// A question with one of its answers. The questions of two sides may hold different earlier answers.
  struct Side {
    var prompt: [Turn]
    var completion: [Turn]
  }

  let names: (chosen: String, rejected: String)
  let nodes: (chosen: JSONNode, rejected: JSONNode)
  var outcome = Outcome.decided
  /// What is said about each side, beside which is better.
  var evidence: (chosen: [Evidence], rejected: [Evidence]) = ([], [])
  private var hasEqualScores = false
  private var disagreement: RecordFinding?

  /// - Parameters:
  ///   - better: the field of the better side.
  ///   - worse: the field of the other.
  ///   - scores: the fields of their scores, in the same order.
  /// - Returns: nil where a side is missing, after saying so.
  init?(
    _ record: JSONNode, better: String = "chosen", worse: String = "rejected",
    scores: [(String, String)] = scoreFields, in output: inout ConvertedRecord
  ) {
    names = (better, worse)
    for key in [better, worse] where record[key] == nil {
      output.error(.wrongShape, record, "", "the record has no \"\(key)\"")
    }
    guard let chosen = record[better], let rejected = record[worse] else { return nil }
    nodes = (chosen, rejected)
    for (high, low) in scores { readScores(of: record, high, low, in: &output) }
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
    hasEqualScores = hasEqualScores || high == low
    if high < low, disagreement == nil {
      disagreement = RecordFinding(
        code: .evidenceDisagrees, offset: second.offset, pointer: "/" + worse,
        message: "the rejected answer has the higher score: \"\(better)\" is \(high), \"\(worse)\" is \(low)",
        hint: "with data.label.from: pair the sides alone decide, with score the scores")
    }
  }

  func emit(prompt: [Turn], chosen: [Turn], rejected: [Turn], in output: inout ConvertedRecord) {
    emit(Side(prompt: prompt, completion: chosen), Side(prompt: prompt, completion: rejected), in: &output)
  }

  func emit(_ better: Side, _ worse: Side, in output: inout ConvertedRecord) {
    let isSame = better.completion.map(\.message) == worse.completion.map(\.message)
    guard outcome != .decided || !isSame || better.prompt.map(\.message) != worse.prompt.map(\.message) else {
      output.error(
        RepetitionCheck.contradiction, nodes.rejected, "/" + names.rejected,
        "\(names.chosen) and \(names.rejected) are the same answer",
        hint: "remove the pair: one answer cannot be both desirable and undesirable")
      return
    }
    if output.words.comparesSides, outcome == .decided, let disagreement {
      output.findings.append(disagreement)
    }
    add(names.chosen, nodes.chosen, better, isBetter: true, evidence.chosen, to: &output)
    add(names.rejected, nodes.rejected, worse, isBetter: false, evidence.rejected, to: &output)
  }

  private func add(
    _ key: String, _ node: JSONNode, _ side: Side, isBetter: Bool, _ others: [Evidence],
    to output: inout ConvertedRecord
  ) {
    let signal: Signal? =
      switch outcome {
      case .decided: hasEqualScores && output.words.comparesSides ? .tie : .pair(isBetter)
      case .tie: .tie
      case .both(let isDesirable): .field(isDesirable)
      case .unknown: nil
      }
    let own = signal.map { Evidence(signal: $0, name: "\"\(key)\"", offset: node.offset, pointer: "/" + key) }
    var draft = Draft(
      prompt: side.prompt, completion: side.completion, evidence: (own.map { [$0] } ?? []) + others,
      idSuffix: "-" + key, offset: node.offset, pointer: "/" + key)
    draft.takeEvidence(of: &output)
    output.drafts.append(draft)
  }
}

/// How many turns two conversations share as their prompt: never the whole of one side, and never ending with an
/// assistant turn, which belongs to the answers.
func sharedTurnCount(_ a: [Turn], _ b: [Turn]) -> Int {
  let limit = min(a.count, b.count)
  var count = 0
  while count < limit, a[count].message == b[count].message { count += 1 }
  if count == limit { count = max(0, limit - 1) }
  while count > 0, a[count - 1].message.role == "assistant" { count -= 1 }
  return count
}
