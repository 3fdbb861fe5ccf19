/// Votes or a rating, against two limits. An answer that the asker accepted is desirable whatever its score is.
package struct ScoreRule: LabelRule {
  package static let name = "score"
  package static let summary = "votes or a rating: desirable from one limit on, undesirable below another"

  private let desirableAt: Double
  private let undesirableBelow: Double
  private let dropsBetween: Bool

  package init(_ configuration: LabelConfiguration) {
    desirableAt = configuration.desirableAt
    undesirableBelow = configuration.undesirableBelow
    dropsBetween = configuration.dropBetween
  }

  package func judge(_ signal: Signal) -> LabelVerdict? {
    guard case .score(let score, let isAccepted) = signal else { return nil }
    if score >= desirableAt || isAccepted { return .desirable }
    if score < undesirableBelow { return .undesirable }
    if dropsBetween { return .dropped(.betweenScores) }
    return .refused(
      message: "a score of \(score) is neither at least \(desirableAt) nor below \(undesirableBelow)",
      hint: "move label.desirable_at or label.undesirable_below, or set label.drop_between: true")
  }
}
