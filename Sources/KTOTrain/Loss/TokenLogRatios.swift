/// The log-ratios of a completion's tokens, held between limits.
package struct TokenLogRatios: Sendable, Equatable {
  /// Their sum, nats.
  package let sum: Double
  /// Whether each token lies within the limits, and so has a gradient.
  package let hasGradient: [Bool]

  /// - Parameters:
  ///   - policy: log π of each token, nats.
  ///   - reference: log π_ref of each, as many.
  package init(policy: [Float], reference: [Float], limits: ClosedRange<Double>) {
    precondition(policy.count == reference.count, "tokens")
    let values = zip(policy, reference).map { Double($0) - Double($1) }
    // NaN stays NaN, so that it is found.
    sum = values.reduce(0) { $0 + ($1.isNaN ? $1 : min(max($1, limits.lowerBound), limits.upperBound)) }
    hasGradient = values.map { limits.contains($0) }
  }
}
