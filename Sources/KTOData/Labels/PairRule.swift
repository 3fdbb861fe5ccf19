/// The side of a pair: chosen is desirable, rejected is undesirable.
package struct PairRule: LabelRule {
  package static let name = "pair"
  package static let summary = "the side of a pair: chosen is desirable, rejected is undesirable"

  package init(_ keys: NoRuleKeys) {}

  package static func standard(_ configuration: LabelConfiguration) -> PairRule? { PairRule(NoRuleKeys()) }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    switch signal {
    case .pair(let isBetter): LabelVerdict(isBetter)
    case .tie: .dropped(.tie)
    default: nil
    }
  }
}
