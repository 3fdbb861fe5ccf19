/// −log σ(β (r − δ)) for desirable rows and −log σ(−β (r − δ)) for undesirable ones, where δ is the mean log-ratio of all
/// rows so far: a classifier of the two whose logit is the reward.
///
/// Source: BCO, arXiv:2404.04656, with the running mean of TRL's trainer of that name and without its density ratios.
package enum BCO: LossVariant {
  package static let name = "bco"
  package static let summary =
    "cross-entropy of a classifier whose logit is the reward above the mean of all rewards so far, whatever kl_estimator says (BCO, arXiv:2404.04656)"
  package static let usesReferencePoint = true
  package static var ownEstimator: (any ReferencePointEstimator)? { RunningReward() }

  package static func loss(of row: LossInput) -> RowLoss {
    let logit = row.beta * row.sign * (row.logRatio - row.referencePoint)
    return RowLoss(
      loss: row.weight * softplus(-logit), derivative: -row.sign * row.weight * row.beta * sigmoid(-logit))
  }
}
