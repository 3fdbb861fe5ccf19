package import KTOCore

/// The loss: the `kto:` section. Source: arXiv:2402.01306.
package struct KTOConfiguration: ConfigurationSection {
  /// How the reference point z0 is estimated.
  package enum KLEstimator: String, Sendable, CaseIterable {
    /// From mismatched pairs of prompt and completion, as TRL does.
    case trl
    /// From the mean log-ratio of the opposite class in the batch.
    case oppositeClass = "opposite_class"
    /// z0 is 0.
    case none
  }

  /// What a batch of one class does under `opposite_class`.
  package enum HomogeneousBatch: String, Sendable, CaseIterable {
    case crossEntropy = "cross_entropy"
    case kto
  }

  package var beta = 0.1
  package var lambdaDesirable = 1.0
  package var lambdaUndesirable = 1.0
  package var klEstimator: KLEstimator = .trl
  package var homogeneousBatch: HomogeneousBatch = .kto

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .double(
        "beta", \.beta, .above(0, through: 100),
        "How strongly the policy is held to the reference: 0.1 as a rule, down to 0.01 after fine-tuning on the same data, up to 0.5 where the reference is aligned already."
      ),
      .double("lambda_d", \.lambdaDesirable, .within(0...1e6), "Weight of the desirable examples' loss."),
      .double(
        "lambda_u", \.lambdaUndesirable, .within(0...1e6),
        "Weight of the undesirable examples' loss. lambda_d × desirable / (lambda_u × undesirable) should lie from 1 to 4/3."
      ),
      .choice(
        "kl_estimator", \.klEstimator,
        "The reference point z0: trl estimates it from mismatched prompts and completions of the microbatch, opposite_class takes the mean log-ratio of the other class in the batch (one forward pass fewer), none takes 0."
      ),
      .choice(
        "homogeneous_batch", \.homogeneousBatch,
        "What opposite_class does with a batch of one class: cross_entropy falls back to plain cross-entropy for that batch, with a warning; kto goes on with z0 = 0."
      ),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    lambdaDesirable == 0 && lambdaUndesirable == 0
      ? [("lambda_u", "lambda_d and lambda_u are both 0, which leaves nothing to learn")] : []
  }
}
