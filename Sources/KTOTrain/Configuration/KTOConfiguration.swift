package import KTOCore

/// The loss: the `kto:` section. Source: arXiv:2402.01306.
package struct KTOConfiguration: ConfigurationSection {
  /// What a batch of one class does under `opposite_class`.
  package enum HomogeneousBatch: String, Sendable, CaseIterable {
    case crossEntropy = "cross_entropy"
    case kto
  }

  /// Who chooses λ_D and λ_U.
  package enum Weights: String, Sendable, CaseIterable {
    /// The configuration.
    case given
    /// The counts of the classes that are trained on.
    case auto
  }

  package var beta = 0.1
  package var weights: Weights = .given
  package var lambdaDesirable = 1.0
  package var lambdaUndesirable = 1.0
  /// The name of one of `lossVariants`.
  package var lossType = KTO.name
  /// Weight of the SFT term on desirable rows.
  package var sftWeight = 0.0
  /// The least and the largest log-ratio of a token under `humanline`.
  package var logEpsilonP = -1.0
  package var logEpsilonR = 1.5
  /// The name of one of `referencePointEstimators`.
  package var klEstimator = StepWindow.name
  /// How much of its running mean `ema` keeps in each microbatch.
  package var movingAverageDecay = 0.9
  package var homogeneousBatch: HomogeneousBatch = .kto

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .double(
        "beta", \.beta, .above(0, through: 100),
        "How strongly the policy is held to the reference: 0.1 as a rule, down to 0.01 after fine-tuning on the same data, up to 0.5 where the reference is aligned already."
      ),
      .choice(
        "weights", \.weights,
        "Who chooses lambda_d and lambda_u. given: they are as they stand below; auto: the smaller class gets a weight that brings lambda_d × desirable / (lambda_u × undesirable) between 1 and 4/3 for the examples that train, and train prints both."
      ),
      .double("lambda_d", \.lambdaDesirable, .within(0...1e6), "Weight of the desirable examples' loss."),
      .double(
        "lambda_u", \.lambdaUndesirable, .within(0...1e6),
        "Weight of the undesirable examples' loss. lambda_d × desirable / (lambda_u × undesirable) should lie from 1 to 4/3."
      ),
      .member(
        "loss_type", \.lossType, of: lossVariants.map { $0.name },
        "The loss of a row. " + lossVariants.map { "\($0.name): \($0.summary)" }.joined(separator: "; ") + "."
      ),
      .double(
        "log_epsilon_p", \.logEpsilonP, .within(-100...0),
        "The least log-ratio of a token that counts under humanline, nats."),
      .double(
        "log_epsilon_r", \.logEpsilonR, .within(0...100),
        "The largest log-ratio of a token that counts under humanline, nats."),
      .double(
        "sft_weight", \.sftWeight, .within(0...1e6),
        "Weight of plain fine-tuning on the desirable examples, added to the loss of each: the mean negative log-likelihood of a token of its completion. Like the loss it is divided by all rows of the microbatch. 0 leaves it out."
      ),
      .member(
        "kl_estimator", \.klEstimator, of: referencePointEstimators.map { $0.name },
        "The reference point z0. "
          + referencePointEstimators.map { describe($0) }.joined(separator: "; ") + "."
      ),
      .double(
        "ema_decay", \.movingAverageDecay, .within(0...0.9999),
        "How much of its running mean ema keeps in each microbatch."),
      .choice(
        "homogeneous_batch", \.homogeneousBatch,
        "What opposite_class does with a batch of one class: cross_entropy falls back to plain cross-entropy for that batch, with a warning; kto goes on with z0 = 0."
      ),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    if weights == .auto {
      return [("lambda_d", lambdaDesirable), ("lambda_u", lambdaUndesirable)].filter { $0.1 != 1 }.map {
        ($0.0, "weights is auto, which chooses it; leave it at 1, or set weights to given")
      }
    }
    return lambdaDesirable == 0 && lambdaUndesirable == 0
      ? [("lambda_u", "lambda_d and lambda_u are both 0, which leaves nothing to learn")] : []
  }
}

extension KTOConfiguration {
  /// The loss that the section describes.
  /// - Throws: `TrainingError.unknownName` for a name that reading a file would have refused.
  package func makeLoss() throws(TrainingError) -> KTOLoss {
    guard let variant = lossVariants.first(where: { $0.name == lossType }) else {
      throw .unknownName(key: "kto.loss_type", name: lossType)
    }
    return KTOLoss(
      variant: variant, beta: beta, desirableWeight: lambdaDesirable, undesirableWeight: lambdaUndesirable,
      sftWeight: sftWeight, tokenLimits: variant.tokenLimits(self))
  }

  /// The estimator that the section names.
  /// - Throws: `TrainingError.unknownName` for a name that reading a file would have refused.
  package func makeEstimator() throws(TrainingError) -> any ReferencePointEstimator {
    guard let estimator = referencePointEstimators.first(where: { $0.name == klEstimator }) else {
      throw .unknownName(key: "kto.kl_estimator", name: klEstimator)
    }
    return estimator.init(self)
  }
}

private func describe(_ estimator: any ReferencePointEstimator.Type) -> String {
  "\(estimator.name): \(estimator.summary)"
    + (estimator.smallestBatch > 1
      ? " (per_device_batch_size must be at least \(estimator.smallestBatch))" : "")
}
