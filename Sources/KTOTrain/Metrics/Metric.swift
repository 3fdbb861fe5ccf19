/// A number that a step reports, under TRL's name where TRL has it.
///
/// A member is a constant of this type in a file of this folder, and a line in `trainingMetrics`.
package struct Metric: Sendable {
  /// Where its value comes from.
  package enum Source: Sendable {
    /// The mean over the step's microbatches in which it exists, as TRL averages: a class that was absent has no value
    /// rather than a zero.
    case microbatch(@Sendable (ScoredMicrobatch) -> Double?)
    /// A fact of the whole step.
    case step(@Sendable (StepFacts) -> Double)
    /// A count of the whole step, written without a fraction.
    case count(@Sendable (StepFacts) -> Int)
  }

  /// Its name in `training.jsonl`.
  package let name: String
  /// What it is, with its unit.
  package let summary: String
  package let source: Source

  package init(_ name: String, _ summary: String, _ source: Source) {
    self.name = name
    self.summary = summary
    self.source = source
  }
}

/// A microbatch as metrics look at it.
package struct ScoredMicrobatch: Sendable {
  package var rows: [KTORow]
  package var loss: BatchLoss
  /// Tokens of prompts and completions.
  package var tokenCount: Int

  /// The mean over the rows of a class; nil if there is none.
  func mean(ofDesirable label: Bool, _ value: (Int) -> Double) -> Double? {
    let places = rows.indices.filter { rows[$0].isDesirable == label }
    return places.isEmpty ? nil : places.reduce(0) { $0 + value($1) } / Double(places.count)
  }

  /// The sum over the rows of a class by the number of their completions' tokens; nil if there is none.
  func tokenMean(ofDesirable label: Bool, _ sum: (KTORow) -> Double) -> Double? {
    let places = rows.indices.filter { rows[$0].isDesirable == label }
    let count = places.reduce(0) { $0 + rows[$1].completionTokenCount }
    return count == 0 ? nil : places.reduce(0) { $0 + sum(rows[$1]) } / Double(count)
  }

  /// The mean over the rows of the point each was held against. The two classes' points differ where an estimator has
  /// one for each.
  func pointMean(_ value: (ReferencePoint) -> Double) -> Double {
    let points = rows.map { loss.points.point(isDesirable: $0.isDesirable) }
    return points.reduce(0) { $0 + value($1) } / Double(max(rows.count, 1))
  }
}

/// What is known of a whole optimizer step.
package struct StepFacts: Sendable, Equatable {
  package var step: Int
  /// Passes over the data, with a fraction.
  package var epoch: Double
  /// Norm of the whole gradient before clipping.
  package var gradientNorm: Double
  package var learningRate: Double
  /// Matched tokens (prompt and completion) since the run began.
  package var totalTokenCount: Int
  /// Matched tokens of the step.
  package var tokenCount: Int
  package var desirableCount: Int
  package var undesirableCount: Int
  package var seconds: Double

  package init(
    step: Int, epoch: Double, gradientNorm: Double = 0, learningRate: Double = 0, totalTokenCount: Int = 0,
    tokenCount: Int = 0, desirableCount: Int = 0, undesirableCount: Int = 0, seconds: Double = 0
  ) {
    self.step = step
    self.epoch = epoch
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.totalTokenCount = totalTokenCount
    self.tokenCount = tokenCount
    self.desirableCount = desirableCount
    self.undesirableCount = undesirableCount
    self.seconds = seconds
  }
}
