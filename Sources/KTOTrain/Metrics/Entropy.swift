extension Metric {
  package static let entropy = Metric(
    "entropy", "Mean entropy of the policy's distribution over a completion token, nats.",
    .microbatch { microbatch in
      let tokenCount = microbatch.rows.reduce(0) { $0 + $1.completionTokenCount }
      return microbatch.rows.reduce(0) { $0 + $1.entropySum } / Double(max(tokenCount, 1))
    })
}
