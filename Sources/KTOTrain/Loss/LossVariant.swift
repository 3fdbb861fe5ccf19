internal import Glibc

/// The loss of one row as a function of its log-ratio r = log π(y|x) − log π_ref(y|x).
///
/// A member is one file that holds all that is true of it, and one line in `lossVariants`.
package protocol LossVariant: Sendable {
  /// What `kto.loss_type` calls it: TRL's name where TRL has it.
  static var name: String { get }
  /// What it is, in a phrase for the configuration's documentation.
  static var summary: String { get }
  /// Whether it depends on z0. Where it does not, nothing is scored for an estimate.
  static var usesReferencePoint: Bool { get }
  /// The estimator that belongs to it, in place of the one that `kto.kl_estimator` names; nil where any will do.
  static var ownEstimator: (any ReferencePointEstimator)? { get }
  /// The least and the largest log-ratio of a token that counts, nats; nil for no limits.
  static func tokenLimits(_ configuration: KTOConfiguration) -> ClosedRange<Double>?

  /// The loss and its derivative with respect to the log-ratio, neither divided by a row count.
  static func loss(of row: LossInput) -> RowLoss
}

extension LossVariant {
  package static var ownEstimator: (any ReferencePointEstimator)? { nil }
  package static func tokenLimits(_ configuration: KTOConfiguration) -> ClosedRange<Double>? { nil }
}

/// What the loss of one row depends on.
package struct LossInput: Sendable, Equatable {
  /// r, nats.
  package var logRatio: Double
  package var isDesirable: Bool
  /// z0 in nats, held constant.
  package var referencePoint: Double
  package var beta: Double
  /// The row's own weight times its class's, λ.
  package var weight: Double

  /// +1 where a likelier completion is better, −1 where it is worse.
  package var sign: Double { isDesirable ? 1 : -1 }
}

/// The loss of one row, and dLoss / dr.
package struct RowLoss: Sendable, Equatable {
  package var loss: Double
  package var derivative: Double
}

/// log(1 + eˣ) without overflow.
func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// 1 / (1 + e⁻ˣ) without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}
