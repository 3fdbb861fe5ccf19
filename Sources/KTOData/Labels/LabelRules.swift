/// Every rule, in the order in which `auto` asks them.
package let labelRules: [any LabelRule.Type] = [FieldRule.self, PairRule.self, ScoreRule.self]

/// The rule that a configuration chooses, or all of them for `auto`: the first that knows the evidence decides.
package struct Labeller: Sendable {
  private let rules: [any LabelRule]

  package init(_ configuration: LabelConfiguration = LabelConfiguration()) {
    rules = labelRules.filter { configuration.from == "auto" || $0.name == configuration.from }
      .map { $0.init(configuration) }
  }

  /// The verdict on an example. A label it already has stays.
  package func judge(_ example: Example) -> LabelVerdict {
    if let label = example.label { return label ? .desirable : .undesirable }
    for rule in rules {
      if let verdict = rule.judge(example.signal) { return verdict }
    }
    return .dropped(.unlabelled)
  }
}
