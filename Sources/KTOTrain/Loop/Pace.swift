/// How long the rest of a run takes, judged by what was done of it.
struct Pace {
  private var training = Work()
  private var stepCount = 0
  private var validation = Work()

  private struct Work {
    var seconds = 0.0
    var rows = 0

    var secondsPerRow: Double? { rows > 0 ? seconds / Double(rows) : nil }
  }

  mutating func addStep(seconds: Double, rows: Int) {
    training.seconds += seconds
    training.rows += rows
    stepCount += 1
  }

  mutating func addValidation(seconds: Double, rows: Int) {
    validation.seconds += seconds
    validation.rows += rows
  }

  /// - Parameters:
  ///   - steps: that are still to be taken.
  ///   - validatedRows: rows that are still to be validated, each as often as it will be.
  func secondsLeft(steps: Int, validatedRows: Int) -> Double {
    let perStep = stepCount > 0 ? training.seconds / Double(stepCount) : 0
    // Until the first validation: it has no backward pass, which is about half of the work.
    let perRow = validation.secondsPerRow ?? (training.secondsPerRow ?? 0) / 2
    return perStep * Double(steps) + perRow * Double(validatedRows)
  }
}
