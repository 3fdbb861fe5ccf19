package import KTOData

extension ClassCounts {
  /// Weights whose ratio is the middle of what is recommended: λ_D above 1 where desirable rows are too few, λ_U above 1
  /// or below where they are many, and both 1 where that suits. Nil where a class is absent.
  package var balancingWeights: (desirable: Double, undesirable: Double)? {
    guard let ratio = ratio(desirableWeight: 1, undesirableWeight: 1), let desirableWeights,
      let undesirableWeights
    else { return nil }
    if Self.recommendedRatio.contains(ratio) { return (1, 1) }
    // The smaller class gets the larger weight.
    return ratio < 1 ? (middle(desirableWeights), 1) : (1, middle(undesirableWeights))
  }

  /// The middle of a range, with as few decimals as still lie within it.
  private func middle(_ range: ClosedRange<Double>) -> Double {
    let center = (range.lowerBound + range.upperBound) / 2
    for scale in [10.0, 100, 1000] {
      let rounded = (center * scale).rounded() / scale
      if range.contains(rounded) { return rounded }
    }
    return center
  }
}
