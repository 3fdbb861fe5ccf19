/// The side of a pair: chosen is desirable, rejected is undesirable.
package struct PairRule: LabelRule {
  package static let name = "pair"
  package static let summary = "the side of a pair: chosen is desirable, rejected is undesirable"

  package init(_ configuration: LabelConfiguration) {}

  package func judge(_ signal: Signal) -> LabelVerdict? {
    switch signal {
    case .pair(let isBetter): isBetter ? .desirable : .undesirable
    case .tie: .dropped(.tie)
    default: nil
    }
  }
}
