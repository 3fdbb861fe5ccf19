/// The learning rate: up from 0 over the warm-up steps, then down to 0 at the end.
///
/// The same as transformers' `get_linear_schedule_with_warmup`: step k, counted from 1, uses the value at k − 1,
/// so without warm-up the first step has the full rate and the last a small one, not 0.
package struct LinearSchedule: Sendable, Equatable {
  package var peak: Double
  package var warmupSteps: Int
  package var totalSteps: Int

  package init(peak: Double, warmupSteps: Int = 0, totalSteps: Int) {
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The rate of optimizer step `step`, counted from 1.
  package func rate(step: Int) -> Double {
    let done = step - 1
    if done < warmupSteps { return peak * Double(done) / Double(Swift.max(1, warmupSteps)) }
    let left = Double(totalSteps - done) / Double(Swift.max(1, totalSteps - warmupSteps))
    return peak * Swift.max(0, left)
  }
}
