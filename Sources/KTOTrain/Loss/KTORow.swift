/// A scored row: what the loss of a batch and the metrics need to know of it.
package struct KTORow: Sendable, Equatable {
  package var isDesirable: Bool
  /// log π(y|x), nats, summed over the completion.
  package var policyLogProbability: Double
  /// log π_ref(y|x), nats.
  package var referenceLogProbability: Double
  package var completionTokenCount: Int
  /// The example's own weight.
  package var weight: Double
  /// Σ over the completion's tokens of the entropy of the policy's distribution, nats.
  package var entropySum: Double
  /// Σ over the completion's tokens of the mean over the vocabulary of the policy's logits.
  package var meanLogitSum: Double

  package init(
    isDesirable: Bool, policyLogProbability: Double, referenceLogProbability: Double,
    completionTokenCount: Int, weight: Double = 1, entropySum: Double = 0, meanLogitSum: Double = 0
  ) {
    self.isDesirable = isDesirable
    self.policyLogProbability = policyLogProbability
    self.referenceLogProbability = referenceLogProbability
    self.completionTokenCount = completionTokenCount
    self.weight = weight
    self.entropySum = entropySum
    self.meanLogitSum = meanLogitSum
  }

  /// The sum of the tokens' log-ratios where these are held between limits; nil for no limits.
  package var limited: TokenLogRatios?

  /// r, nats.
  package var logRatio: Double { limited?.sum ?? policyLogProbability - referenceLogProbability }
}
