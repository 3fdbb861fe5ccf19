/// The loss of one batch of rows, and what its gradient needs.
package struct BatchLoss: Sendable, Equatable {
  /// The mean over the rows, or over their completion tokens where an estimator fell back to cross-entropy.
  package let loss: Double
  /// dLoss / d log π(y|x) of each row, the division by the row count included.
  package let coefficients: [Double]
  /// What the rows were held against.
  package let points: ReferencePoints
  /// β r of each row.
  package let rewards: [Double]
}
