internal import KTOCore

/// W01: the loss weights do not fit the class counts.
struct ClassWeightRule: ValidationRule {
  static let takesOnlySound = true

  let desirableWeight: Double
  let undesirableWeight: Double
  private var balance = ClassBalance()

  init(desirableWeight: Double, undesirableWeight: Double) {
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
  }

  mutating func check(_ example: Example, _ findings: inout RuleFindings) { balance.add(example.label) }

  mutating func finish(_ findings: inout RuleFindings) {
    guard
      let ratio = balance.ratio(desirableWeight: desirableWeight, undesirableWeight: undesirableWeight),
      let advice = balance.weightAdvice
    else { return }
    let range = ClassBalance.recommendedRatio
    guard ratio < range.lowerBound - 1e-9 || ratio > range.upperBound + 1e-9 else { return }
    findings.warn(
      "W01",
      "λ_D n_D / (λ_U n_U) is \(decimal(ratio, digits: 3)), outside [1, 4/3]: n_D \(balance.desirable), "
        + "n_U \(balance.undesirable), λ_D \(desirableWeight), λ_U \(undesirableWeight)",
      hint: "set \(advice), or balance the classes")
  }
}
