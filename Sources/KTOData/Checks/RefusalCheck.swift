internal import Glibc
package import KTOCore

/// W05: answers of one class refuse, those of the other do not, so that the model may learn when to refuse from the
/// label instead of what a good answer is.
///
/// Keeps four counts. An answer counts as a refusal by how it begins; see `Refusals`.
package struct RefusalCheck: Check {
  package static let codes = [
    Code(
      "W05", .warning, "refusals have one label far more often than the other",
      why: """
        Where most refusals have one label, the loss rewards refusing, or never refusing, whatever was asked for. A model \
        learns that more easily than what makes an answer good.
        """,
      example: "45 of 100 undesirable answers begin with \"I'm sorry, but I can't\", 1 of 100 desirable ones",
      remedy: """
        Read some of the refusals: where the label says that refusing was right or wrong, all is well. Where it was given \
        for another reason, leave them out, or add refusals of the other label.
        """)
  ]
  package static let takesOnlySound = true

  /// Fewer refusals say nothing about a habit.
  private static let minimumRefusals = 10
  /// Cohen's h of a medium effect: 40% and 17%, or 10% and 0.6%.
  private static let minimumEffect = 0.5
  /// The z of two proportions that chance reaches in one set of 1,000.
  private static let minimumZ = 3.29

  private var rows = ClassCounts()
  private var refusals = ClassCounts()

  /// Below a small share of a class they move the loss little, however clear the difference is.
  private let minimumDifference: Double

  package init(_ context: CheckContext) { minimumDifference = context.limits.refusalDifference }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    rows.add(row.label)
    guard let answer = row.example.completion.first(where: { !$0.content.isEmpty }) else { return }
    if Refusals.beginsWithRefusal(answer.content.utf8.span) { refusals.add(row.label) }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    guard rows.desirable >= 10, rows.undesirable >= 10, refusals.total >= Self.minimumRefusals else { return }
    let desirable = Double(refusals.desirable) / Double(rows.desirable)
    let undesirable = Double(refusals.undesirable) / Double(rows.undesirable)
    let all = Double(refusals.total) / Double(rows.total)
    let difference = (desirable - undesirable).magnitude
    let variance = all * (1 - all) * (1 / Double(rows.desirable) + 1 / Double(rows.undesirable))
    let effect = (angle(desirable) - angle(undesirable)).magnitude
    guard difference >= minimumDifference, effect >= Self.minimumEffect,
      difference >= Self.minimumZ * variance.squareRoot()
    else { return }
    findings.find(
      Self.codes[0],
      "refusals are mostly \(desirable > undesirable ? "desirable" : "undesirable"): "
        + "\(refusals.desirable) of \(rows.desirable) desirable answers refuse or disclaim "
        + "(\(percent(refusals.desirable, of: rows.desirable))), \(refusals.undesirable) of \(rows.undesirable) "
        + "undesirable ones (\(percent(refusals.undesirable, of: rows.undesirable)))",
      hint: "a model can win by refusing, or by never refusing: look at what these labels were given for")
  }

  /// The angle of a share, whose differences are Cohen's h.
  private func angle(_ share: Double) -> Double { 2 * asin(share.squareRoot()) }
}
