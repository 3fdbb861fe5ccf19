import KTOCore
import Testing

@testable import KTOTrain

struct MetricTests {
  private func row(_ isDesirable: Bool, _ policy: Double, tokens: Int) -> KTORow {
    KTORow(
      isDesirable: isDesirable, policyLogProbability: policy, referenceLogProbability: -10,
      completionTokenCount: tokens, entropySum: Double(tokens), meanLogitSum: 2 * Double(tokens))
  }

  private func values(_ microbatches: [[KTORow]]) -> StepMetrics {
    var sums = MetricsAccumulator()
    for rows in microbatches {
      let loss = KTOLoss(beta: 0.5).batch(rows, ReferencePoints(ReferencePoint(logRatios: [-1])))
      sums.add(ScoredMicrobatch(rows: rows, loss: loss, tokenCount: 7))
    }
    return StepMetrics(
      StepFacts(
        step: 3, epoch: 0.5, tokenCount: sums.tokenCount, desirableCount: sums.desirableCount,
        undesirableCount: sums.undesirableCount, seconds: 2)
    ) { sums.mean($0) }
  }

  @Test func `the line of a step has TRL's names in their order`() {
    let step = values([[row(true, -8, tokens: 4), row(false, -12, tokens: 2)]])
    let names = step.json.jsonText.matches(of: /"([a-z_\/]+)":/).map { String($0.1) }
    let known = [
      "step", "epoch", "loss", "grad_norm", "learning_rate", "kl", "kl_signed", "clamped", "rewards/chosen",
      "rewards/rejected", "rewards/margins", "logps/chosen", "logps/rejected", "logits/chosen",
      "logits/rejected", "nll/chosen", "entropy", "num_tokens", "desirable", "undesirable", "seconds",
      "tokens_per_second",
    ]
    // A metric that was added since may stand anywhere between them.
    #expect(names.filter { known.contains($0) } == known)
  }

  @Test func `a value is the mean over the microbatches in which it exists`() {
    let step = values([
      [row(true, -8, tokens: 4), row(false, -12, tokens: 2)], [row(true, -6, tokens: 4)],
    ])
    #expect(step[.chosenReward] == (0.5 * 2 + 0.5 * 4) / 2)
    #expect(step[.rejectedReward] == -1)
    #expect(step[.rewardMargin] == 2)
    #expect(step[.clamped] == 1 && step[.kl] == 0 && step[.signedKL] == -1)
    #expect(step[.chosenNegativeLogLikelihood] == (8.0 / 4 + 6.0 / 4) / 2)
    #expect(step[.entropy] == 1 && step[.chosenLogit] == 2)
    #expect(step[.desirableCount] == 2 && step[.undesirableCount] == 1 && step[.tokensPerSecond] == 7)
  }

  @Test func `a class that is absent has no value`() {
    let step = values([[row(true, -8, tokens: 4)]])
    #expect(step[.rejectedReward] == nil && step[.rewardMargin] == nil && step[.rejectedLogit] == nil)
    #expect(!step.json.jsonText.contains("rewards/rejected"))
  }
}
