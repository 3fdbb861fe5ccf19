/// What a run warns of, each thing once and, where it can happen often, with a count at the end.
struct RunWarnings {
  private var fallbacks: [Fallback: Int] = [:]
  private var clampedSteps = 0

  /// Counts a microbatch that an estimator had no estimate for.
  /// - Returns: a warning the first time.
  mutating func count(_ fallback: Fallback) -> String? {
    defer { fallbacks[fallback, default: 0] += 1 }
    return fallbacks[fallback] == nil ? fallback.firstWarning : nil
  }

  /// A reference point that is always clamped means that the loss has become another one.
  mutating func afterStep(_ metrics: StepMetrics) -> String? {
    clampedSteps = metrics[.clamped] == 1 ? clampedSteps + 1 : 0
    guard clampedSteps == 10 else { return nil }
    return "the KL estimate has been negative, and so clamped to 0, for 10 steps: the loss is now"
      + " one without a reference point (kto is then apo_zero_unpaired); kl_estimator window makes the estimate steadier, and so do more examples in an optimizer step"
  }

  /// How often each thing that was warned of happened in all.
  func atEnd() -> [String] {
    fallbacks.sorted { $0.key < $1.key }.map { $0.key.lastWarning(count: $0.value) }
  }
}
