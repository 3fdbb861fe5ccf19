package import KTOCore

/// W01: the loss weights do not fit the class counts.
package struct ClassWeightCheck: Check {
  package static let codes = [
    Code(
      "W01", .warning, "the loss weights do not fit the class counts",
      why: """
        With λ_D n_D / (λ_U n_U) outside [1, 4/3] one class outweighs the other, and the model learns to raise or lower \
        everything instead of telling good from bad.
        """,
      example: "1,000 desirable and 200 undesirable examples with λ_D = λ_U = 1",
      remedy:
        "Set kto.lambda_d or kto.lambda_u to a value in the range that is printed, or balance the classes.")
  ]
  package static let takesOnlySound = true

  private let context: CheckContext
  private var counts = ClassCounts()
  private var masses = ClassMasses()

  package init?(_ context: CheckContext) {
    guard context.judgesClasses else { return nil }
    self.context = context
  }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    counts.add(row.label)
    masses.add(row.example.weight ?? 1, label: row.label)
  }

  package mutating func finish(_ findings: inout RowFindings) {
    var masses = masses
    if let balance = context.balance, counts.desirable > 0, counts.undesirable > 0 {
      // Leaving rows out changes the number of each class, and the mean weight of none.
      let kept = balance.kept(of: counts)
      masses.desirable *= Double(kept.desirable) / Double(counts.desirable)
      masses.undesirable *= Double(kept.undesirable) / Double(counts.undesirable)
      counts = kept
    }
    if let finding = Self.finding(on: counts, masses, context) { findings.find(finding) }
  }

  /// W01 for rows that will train.
  /// - Parameter masses: the sums of their weights, which are their numbers where rows have no weights.
  static func finding(on counts: ClassCounts, _ masses: ClassMasses, _ context: CheckContext) -> Diagnostic? {
    let (desirable, undesirable) = (context.desirableWeight, context.undesirableWeight)
    guard let ratio = masses.ratio(desirableWeight: desirable, undesirableWeight: undesirable) else {
      return nil
    }
    let range = ClassCounts.recommendedRatio
    guard ratio < range.lowerBound - 1e-9 || ratio > range.upperBound + 1e-9 else { return nil }
    var rows = "n_D \(counts.desirable), n_U \(counts.undesirable)"
    if masses != ClassMasses(counts) {
      rows +=
        " with weights that add up to \(decimal(masses.desirable, digits: 2)) and \(decimal(masses.undesirable, digits: 2))"
    }
    let setting = masses.setting(desirableWeight: desirable, undesirableWeight: undesirable)
    return Diagnostic(
      codes[0],
      message: "λ_D n_D / (λ_U n_U) is \(decimal(ratio, digits: 3)), outside [1, 4/3]: \(rows), "
        + "λ_D \(desirable), λ_U \(undesirable)",
      hint: (setting.map { "set \($0.key)=\($0.value), or " } ?? "") + "balance the classes")
  }
}
