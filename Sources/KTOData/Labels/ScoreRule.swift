package import KTOCore

/// Votes or a rating, against two limits. An answer that the asker accepted is desirable whatever its score is.
package struct ScoreRule: LabelRule {
  package static let name = "score"
  package static let summary = "votes or a rating: desirable from one limit on, undesirable below another"

  package struct Keys: LabelRuleKeys {
    package var common = CommonRuleKeys()
    package var field = "auto"
    package var desirableFrom: Double?
    package var undesirableTo: Double?
    package var accepted = true

    package init() {}

    package static var ownFields: [ConfigurationField<Self>] {
      [
        field(\.field, "the scores that formats read: score, rating, votes, helpfulness"),
        .optionalDouble(
          "desirable_from", \.desirableFrom, .within(-1e9...1e9), required: true,
          "A score of at least this is desirable."),
        .optionalDouble(
          "undesirable_to", \.undesirableTo, .within(-1e9...1e9), required: true,
          "A score of at most this is undesirable; what lies between is left out."),
        .bool("accepted", \.accepted, "Whether an answer that the asker accepted is desirable at any score."),
      ]
    }

    package var conflicts: [(key: String, message: String)] {
      guard let desirableFrom, let undesirableTo, undesirableTo >= desirableFrom else { return [] }
      return [("undesirable_to", "\(undesirableTo) is not below desirable_from, \(desirableFrom)")]
    }
  }

  package let field: [String]
  private let desirableAt: Double
  private let undesirableLimit: Double
  /// Whether the limit itself is undesirable.
  private let takesLimit: Bool
  private let dropsBetween: Bool
  private let takesAccepted: Bool

  package init(_ keys: Keys) {
    field = ruleField(keys.field)
    // Both are required.
    desirableAt = keys.desirableFrom ?? .infinity
    undesirableLimit = keys.undesirableTo ?? -.infinity
    (takesLimit, dropsBetween, takesAccepted) = (true, true, keys.accepted)
  }

  private init(_ configuration: LabelConfiguration) {
    field = []
    desirableAt = configuration.desirableAt
    undesirableLimit = configuration.undesirableBelow
    (takesLimit, dropsBetween, takesAccepted) = (false, configuration.dropBetween, true)
  }

  package static func standard(_ configuration: LabelConfiguration) -> ScoreRule? { ScoreRule(configuration) }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    if case .score(let score, let isAccepted) = signal, field.isEmpty {
      return takesAccepted && isAccepted ? .desirable : judge(score)
    }
    return value(signal).flatMap { JSONNode($0).double }.flatMap { $0.isFinite ? judge($0) : nil }
  }

  private func judge(_ score: Double) -> LabelVerdict {
    if score >= desirableAt { return .desirable }
    if score < undesirableLimit || takesLimit && score == undesirableLimit { return .undesirable }
    if dropsBetween { return .dropped(.betweenScores) }
    return .refused(
      message: "a score of \(score) is neither at least \(desirableAt) nor below \(undesirableLimit)",
      hint: "move label.desirable_at or label.undesirable_below, or set label.drop_between: true")
  }
}
