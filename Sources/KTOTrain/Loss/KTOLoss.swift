internal import Glibc

/// The loss of one row, a function of its log-ratio r = log π(y|x) − log π_ref(y|x) and the reference point z0.
///
/// Source: KTO, arXiv:2402.01306, equation 8; `apo_zero_unpaired` from APO, arXiv:2408.06266.
package struct KTOLoss: Sendable, Equatable {
  package enum Variant: String, Sendable, CaseIterable {
    /// λ_D (1 − σ(β (r − z0))) and λ_U (1 − σ(β (z0 − r)))
    case kto
    /// λ_D (1 − σ(β r)) and λ_U σ(β r): what `kto` is wherever z0 is 0.
    case apoZeroUnpaired = "apo_zero_unpaired"
  }

  package var variant: Variant
  package var beta: Double
  package var desirableWeight: Double
  package var undesirableWeight: Double

  package init(
    variant: Variant = .kto, beta: Double = 0.1, desirableWeight: Double = 1, undesirableWeight: Double = 1
  ) {
    self.variant = variant
    self.beta = beta
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
  }

  /// The loss and its derivative with respect to the log-ratio, neither divided by a row count.
  /// - Parameters:
  ///   - referencePoint: z0 in nats, held constant.
  ///   - weight: the row's own, times λ.
  package func row(
    logRatio: Double, isDesirable: Bool, referencePoint: Double, weight: Double = 1
  ) -> (loss: Double, derivative: Double) {
    let z0 = variant == .kto ? referencePoint : 0
    // +1 where more likely is better, −1 where it is worse.
    let sign = isDesirable ? 1.0 : -1.0
    let scaled = weight * (isDesirable ? desirableWeight : undesirableWeight)
    // 1 − σ(x) = σ(−x), which keeps its digits where σ(x) is nearly 1.
    let missing = sigmoid(-beta * sign * (logRatio - z0))
    return (scaled * missing, -sign * scaled * beta * missing * (1 - missing))
  }
}

/// 1 / (1 + e⁻ˣ) without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}
