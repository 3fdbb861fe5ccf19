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

/// The sums of the weights of each class's rows: how much the classes count in the loss before λ_D and λ_U.
package struct ClassMasses: Sendable, Equatable {
  package var desirable = 0.0
  package var undesirable = 0.0

  package init() {}

  /// Rows of weight 1.
  package init(_ counts: ClassCounts) {
    desirable = Double(counts.desirable)
    undesirable = Double(counts.undesirable)
  }

  package mutating func add(_ weight: Double, label: Bool) {
    if label { desirable += weight } else { undesirable += weight }
  }

  /// λ_D n_D / (λ_U n_U); nil where a class counts for nothing.
  package func ratio(desirableWeight: Double, undesirableWeight: Double) -> Double? {
    let divisor = undesirableWeight * undesirable
    guard desirable > 0, divisor > 0, divisor.isFinite else { return nil }
    return desirableWeight * desirable / divisor
  }

  /// The key that brings the ratio into [1, 4/3], the other left as it is: that of the class which counts too little.
  ///
  /// The value lies in the middle of the range, rounded to as few digits behind the point as the range allows.
  package func setting(desirableWeight: Double, undesirableWeight: Double) -> (key: String, value: String)? {
    guard let ratio = ratio(desirableWeight: desirableWeight, undesirableWeight: undesirableWeight), ratio > 0
    else { return nil }
    let range = ClassCounts.recommendedRatio
    let (key, values) =
      ratio > range.upperBound
      ? (
        "kto.lambda_u",
        undesirableWeight * ratio / range.upperBound...undesirableWeight * ratio / range.lowerBound
      )
      : (
        "kto.lambda_d",
        desirableWeight * range.lowerBound / ratio...desirableWeight * range.upperBound / ratio
      )
    // What the configuration takes.
    guard values.upperBound <= 1e6 else { return nil }
    let middle = (values.lowerBound + values.upperBound) / 2
    var scale = 10.0
    for digits in 1...9 {
      let value = (middle * scale).rounded() / scale
      if values.contains(value) { return (key, decimal(value, digits: digits)) }
      scale *= 10
    }
    return nil
  }
}
