/// What decided about an example's label.
package struct LabelDecision: Sendable, Equatable {
  package var verdict: LabelVerdict
  /// The number of the rule in its file, from 0; nil where none took the example, or where there is no file.
  package var rule: Int?
  /// The place in the list of the evidence that decided.
  package var signal: Int?
  /// What the rule says the example weighs.
  package var weight: Double?
}

/// Judges examples by a file of rules, the first that knows any of the evidence deciding alone; or without a file by the
/// rule that the configuration chooses, or all of them for `auto`.
package struct Labeller: Sendable {
  private let rules: [any LabelRule]
  private let file: LabelRuleFile?

  package init(_ configuration: LabelConfiguration = LabelConfiguration(), rules file: LabelRuleFile? = nil) {
    self.file = file
    rules = labelRules.filter { configuration.from == "auto" || $0.name == configuration.from }
      .compactMap { $0.standard(configuration) }
  }

  package func decide(_ signals: [Signal]) -> LabelDecision {
    guard let file else { return LabelDecision(verdict: judge(signals)) }
    for (index, entry) in file.rules.enumerated() {
      guard let judgement = entry.rule.judge(signals) else { continue }
      return LabelDecision(
        verdict: judgement.verdict, rule: index, signal: judgement.signal, weight: entry.weight)
    }
    return LabelDecision(verdict: .dropped(.noRule))
  }

  /// The verdict on all evidence together, without a file of rules.
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
