internal import KTOCore

/// The loss weights that class counts call for.
///
/// Source: λ_D n_D / (λ_U n_U) in [1, 4/3], as TRL recommends after the KTO paper, arXiv:2402.01306.
extension ClassCounts {
  package static let recommendedRatio = 1.0...(4.0 / 3.0)

  /// λ_D n_D / (λ_U n_U); nil where a class is absent.
  package func ratio(desirableWeight: Double, undesirableWeight: Double) -> Double? {
    let divisor = undesirableWeight * Double(undesirable)
    guard desirable > 0, divisor > 0 else { return nil }
    return desirableWeight * Double(desirable) / divisor
  }

  /// The range for λ_D while λ_U is 1; nil where a class is absent.
  package var desirableWeights: ClosedRange<Double>? {
    guard desirable > 0, undesirable > 0 else { return nil }
    let balanced = Double(undesirable) / Double(desirable)
    return balanced * Self.recommendedRatio.lowerBound...balanced * Self.recommendedRatio.upperBound
  }

  /// The range for λ_U while λ_D is 1; nil where a class is absent.
  package var undesirableWeights: ClosedRange<Double>? {
    guard desirable > 0, undesirable > 0 else { return nil }
    let balanced = Double(desirable) / Double(undesirable)
    return balanced / Self.recommendedRatio.upperBound...balanced / Self.recommendedRatio.lowerBound
  }

  /// `λ_D in [1.0000, 1.3333] with λ_U = 1, or λ_U in [0.7500, 1.0000] with λ_D = 1`.
  package var weightAdvice: String? {
    guard let desirableWeights, let undesirableWeights else { return nil }
    return
      "λ_D in \(inner(desirableWeights)) with λ_U = 1, or λ_U in \(inner(undesirableWeights)) with λ_D = 1"
  }

  /// The bounds rounded inwards, so that each printed number lies within the range.
  private func inner(_ range: ClosedRange<Double>) -> String {
    let scale = 10_000.0
    let lower = (range.lowerBound * scale - 1e-6).rounded(.up) / scale
    let upper = (range.upperBound * scale + 1e-6).rounded(.down) / scale
    return "[\(decimal(lower, digits: 4)), \(decimal(max(lower, upper), digits: 4))]"
  }
}
