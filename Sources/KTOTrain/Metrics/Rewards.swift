extension Metric {
  package static let chosenReward = Metric(
    "rewards/chosen", "Mean reward β r of the desirable rows.", .microbatch { reward($0, desirable: true) })

  package static let rejectedReward = Metric(
    "rewards/rejected", "Mean reward β r of the undesirable rows.",
    .microbatch { reward($0, desirable: false) })

  package static let rewardMargin = Metric(
    "rewards/margins", "Difference of the two, where a microbatch has both classes.",
    .microbatch { microbatch in
      guard let chosen = reward(microbatch, desirable: true),
        let rejected = reward(microbatch, desirable: false)
      else { return nil }
      return chosen - rejected
    })
}

private func reward(_ microbatch: ScoredMicrobatch, desirable: Bool) -> Double? {
  microbatch.mean(ofDesirable: desirable) { microbatch.loss.rewards[$0] }
}
