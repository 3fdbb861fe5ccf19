extension Metric {
  package static let chosenLogProbability = Metric(
    "logps/chosen", "Mean log-probability of a desirable row's completion, nats.",
    .microbatch { microbatch in
      microbatch.mean(ofDesirable: true) { microbatch.rows[$0].policyLogProbability }
    })

  package static let rejectedLogProbability = Metric(
    "logps/rejected", "Mean log-probability of an undesirable row's completion, nats.",
    .microbatch { microbatch in
      microbatch.mean(ofDesirable: false) { microbatch.rows[$0].policyLogProbability }
    })

  package static let chosenNegativeLogLikelihood = Metric(
    "nll/chosen", "Mean negative log-likelihood of a completion token of a desirable row, nats.",
    .microbatch { $0.tokenMean(ofDesirable: true) { -$0.policyLogProbability } })
}
