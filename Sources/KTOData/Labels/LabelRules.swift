/// Every kind of rule, in the order in which `auto` asks those that need no file.
package let labelRules: [any LabelRule.Type] = [
  FieldRule.self, WordsRule.self, ThumbsRule.self, PairRule.self, RankRule.self, ScoreRule.self,
  AnnotatorsRule.self,
]

/// The names of the kinds that `data.label.from` takes.
package var standardLabelRuleNames: [String] {
  labelRules.filter { $0.standard(LabelConfiguration()) != nil }.map { $0.name }
}
