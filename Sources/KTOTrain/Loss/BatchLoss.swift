/// The loss of one batch of rows, and what its gradient needs.
package struct BatchLoss: Sendable, Equatable {
  /// The mean over the rows, or over their completion tokens where an estimator fell back to cross-entropy.
  package let loss: Double
  /// dLoss / dr of each row, the division by the row count included.
  package let coefficients: [Double]
  /// What log π(y|x) of each row adds to the loss otherwise, as a derivative: the SFT term. It holds for every token,
  /// whatever the limits of log-ratios; empty for none.
  package var directCoefficients: [Double] = []
  /// What the rows were held against.
  package let points: ReferencePoints
  /// β r of each row.
  package let rewards: [Double]
}
