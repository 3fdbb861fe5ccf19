/// How a ratio of labels is reached.
package enum BalanceStrategy: String, Sendable, CaseIterable {
  /// Surplus rows of the majority class are left out; none is ever repeated.
  case downsample
  /// Every row stays, with a weight that makes the weighted ratio the target and the mean weight 1.
  case weight
}

extension LabelBalance {
  /// The most rows of each label that have the ratio, to the nearest row: all of one label, and of the other
  /// as many as go with them, at least one.
  package func kept(of counts: ClassCounts) -> ClassCounts {
    let (d, u) = (desirable, undesirable)
    // counts.desirable / counts.undesirable > d / u, in whole numbers: rows number less than 2³².
    if counts.desirable * u > counts.undesirable * d {
      let desirable = max(1, (counts.undesirable * d + u / 2) / u)
      return ClassCounts(desirable: min(desirable, counts.desirable), undesirable: counts.undesirable)
    }
    let undesirable = max(1, (counts.desirable * u + d / 2) / d)
    return ClassCounts(desirable: counts.desirable, undesirable: min(undesirable, counts.undesirable))
  }
}
