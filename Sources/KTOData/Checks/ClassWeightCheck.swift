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

  private let desirableWeight: Double
  private let undesirableWeight: Double
  private var counts = ClassCounts()

  package init(_ context: CheckContext) {
    desirableWeight = context.desirableWeight
    undesirableWeight = context.undesirableWeight
  }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) { counts.add(row.label) }

  package mutating func finish(_ findings: inout RowFindings) {
    guard
      let ratio = counts.ratio(desirableWeight: desirableWeight, undesirableWeight: undesirableWeight),
      let advice = counts.weightAdvice
    else { return }
    let range = ClassCounts.recommendedRatio
    guard ratio < range.lowerBound - 1e-9 || ratio > range.upperBound + 1e-9 else { return }
    findings.find(
      Self.codes[0],
      "λ_D n_D / (λ_U n_U) is \(decimal(ratio, digits: 3)), outside [1, 4/3]: n_D \(counts.desirable), "
        + "n_U \(counts.undesirable), λ_D \(desirableWeight), λ_U \(undesirableWeight)",
      hint: "set \(advice), or balance the classes")
  }
}
