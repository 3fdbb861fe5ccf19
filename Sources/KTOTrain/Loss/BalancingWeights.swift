package import KTOData

extension ClassMasses {
  /// λ_D and λ_U whose ratio is the middle of what is recommended: the class that counts too little gets the larger one, and
  /// both are 1 where that suits. Nil where a class is absent, or no weight that can be configured suits.
  package var balancingWeights: (desirable: Double, undesirable: Double)? {
    guard let ratio = ratio(desirableWeight: 1, undesirableWeight: 1) else { return nil }
    if ClassCounts.recommendedRatio.contains(ratio) { return (1, 1) }
    guard let setting = setting(desirableWeight: 1, undesirableWeight: 1), let value = Double(setting.value)
    else {
      return nil
    }
    return ratio < 1 ? (value, 1) : (1, value)
  }
}
