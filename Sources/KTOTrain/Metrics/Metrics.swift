/// Every metric, in the order of a line of `training.jsonl`.
package let trainingMetrics: [Metric] = [
  .step, .epoch,
  .loss, .gradientNorm, .learningRate,
  .kl, .signedKL, .klStandardError, .clamped,
  .chosenReward, .rejectedReward, .rewardMargin,
  .chosenLogProbability, .rejectedLogProbability,
  .chosenLogit, .rejectedLogit,
  .chosenNegativeLogLikelihood, .entropy,
  .tokenCount, .desirableCount, .undesirableCount,
  .seconds, .tokensPerSecond,
]
