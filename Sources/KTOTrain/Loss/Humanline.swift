/// The loss of `kto` on log-ratios whose tokens are held between two limits, in the rows as in the mismatched pairs. A
/// token beyond a limit has no gradient, so that none can move a row far.
///
/// Source: humanline variants, arXiv:2509.24207. The paper also moves the reference along with the policy; here it stays
/// the frozen model.
package enum Humanline: LossVariant {
  package static let name = "humanline"
  package static let summary =
    "kto with each token's log-ratio held between log_epsilon_p and log_epsilon_r (arXiv:2509.24207, with a reference that stays)"
  package static let usesReferencePoint = true

  package static func tokenLimits(_ configuration: KTOConfiguration) -> ClosedRange<Double>? {
    configuration.logEpsilonP...configuration.logEpsilonR
  }

  package static func loss(of row: LossInput) -> RowLoss { KTO.loss(of: row) }
}
