package import KTOCore

/// The rank of an answer among the answers to one question, the least number being the best.
package struct RankRule: LabelRule {
  package static let name = "rank"
  package static let summary =
    "a rank, the least being the best: the first ranks are desirable, the last undesirable"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = "auto"
    package var desirableTo = 0
    package var undesirableFrom: Int?

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [
        field(\.field, "the ranks that formats read, which begin with 0"),
        .int("desirable_to", \.desirableTo, in: 0...1_000_000, "Ranks up to this one are desirable."),
        .optionalInt(
          "undesirable_from", \.undesirableFrom, in: 0...1_000_000,
          "Ranks from this one on are undesirable; null takes the last rank among the answers to one question, where the format knows it. What lies between is left out."
        ),
      ]
    }

    package var conflicts: [(key: String, message: String)] {
      guard let undesirableFrom else {
        guard field != "auto" else { return [] }
        return [
          ("field", "a field alone does not tell which rank is the last: undesirable_from is needed, too")
        ]
      }
      guard undesirableFrom <= desirableTo else { return [] }
      return [("undesirable_from", "\(undesirableFrom) is not behind desirable_to, \(desirableTo)")]
    }
  }

  package let field: [String]
  private let desirableTo: Int
  private let undesirableFrom: Int?

  package init(_ keys: Keys) {
    field = ruleField(keys.field)
    desirableTo = keys.desirableTo
    undesirableFrom = keys.undesirableFrom
  }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    let rank: Double
    var last = undesirableFrom
    switch signal {
    case .rank(let place, let lastPlace) where field.isEmpty:
      rank = Double(place)
      // An answer that is ranked alone is neither the best nor the worst.
      last = last ?? (lastPlace > desirableTo ? lastPlace : nil)
    default:
      guard let number = value(signal).flatMap({ JSONNode($0).double }), number >= 0 else { return nil }
      rank = number
    }
    guard let last else { return nil }
    if rank <= Double(desirableTo) { return .desirable }
    return rank >= Double(last) ? .undesirable : .dropped(.betweenRanks)
  }
}
