/// Every rule, in the order in which `auto` asks them.
package let labelRules: [any LabelRule.Type] = [FieldRule.self, PairRule.self, ScoreRule.self]

/// The rule that a configuration chooses, or all of them for `auto`: the first that knows any of the evidence decides.
package struct Labeller: Sendable {
  private let rules: [any LabelRule]

  package init(_ configuration: LabelConfiguration = LabelConfiguration()) {
    rules = labelRules.filter { configuration.from == "auto" || $0.name == configuration.from }
      .map { $0.init(configuration) }
  }

  /// The verdict on all evidence together.
  package func judge(_ signals: [Signal]) -> LabelVerdict {
    var first: (index: Int, verdict: LabelVerdict)?
    for rule in rules {
      for (index, signal) in signals.enumerated() {
        guard let verdict = rule.judge(signal) else { continue }
        guard let decided = first, decided.verdict.isLabel else {
          if first == nil || verdict.isLabel { first = (index, verdict) }
          continue
        }
        if verdict.isLabel, verdict != decided.verdict, isComparable(signals[decided.index], signal) {
          return .disagreeing(decided.index, index)
        }
      }
      // Between the limits of a score, or a tie: a weaker kind of evidence does not overrule that.
      if let first, !first.verdict.isLabel { return first.verdict }
    }
    return first?.verdict ?? .dropped(.unlabelled)
  }

  /// A side of a pair is better than the other side alone, whatever the limits of scores are.
  private func isComparable(_ first: Signal, _ second: Signal) -> Bool {
    if case .pair = first, case .score = second { return false }
    return true
  }
}
