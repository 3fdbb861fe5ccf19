/// The loss and the metrics over a split that is not trained on, in microbatches that are the same each time.
struct ValidationLoss {
  private var computation: MicrobatchComputation
  private let plan: BatchPlan

  struct Result {
    /// The mean over the rows.
    var loss: Double
    fileprivate var metrics = MetricsAccumulator()
    /// The name of the first value that is NaN or infinite.
    var notFinite: String?

    /// A metric's mean over the microbatches; nil if it exists in none.
    func mean(_ metric: Metric) -> Double? { metrics.mean(metric) }
  }

  /// - Parameter accumulation: microbatches that share an estimate where one is made for a whole step.
  init(_ computation: MicrobatchComputation, batchSize: Int, accumulation: Int, seed: UInt64) {
    self.computation = computation
    plan = BatchPlan(
      rows: computation.feed.rows, order: .shuffled, batchSize: batchSize, accumulation: accumulation,
      seed: seed)
  }

  /// - Parameters:
  ///   - estimator: the training's, of which a copy is used.
  ///   - goesOn: asked after each microbatch, with the rows that are done and how many there are.
  /// - Returns: nil where it was not to go on.
  mutating func measure(
    estimator: any ReferencePointEstimator, goesOn: (Int, Int) throws -> Bool
  ) throws -> Result? {
    computation.estimator = estimator.forValidation()
    let rowCount = computation.feed.rows.count
    var metrics = MetricsAccumulator()
    var (sum, rowsDone) = (0.0, 0)
    for microbatches in plan.epoch(0) {
      try computation.begin(microbatches)
      for microbatch in microbatches {
        let outcome = try computation.evaluate(microbatch)
        if let what = outcome.notFinite { return Result(loss: .nan, notFinite: what) }
        sum += outcome.scored.loss.loss * Double(microbatch.rows.count)
        metrics.add(outcome.scored)
        rowsDone += microbatch.rows.count
        if try !goesOn(rowsDone, rowCount), rowsDone < rowCount { return nil }
      }
    }
    return Result(loss: sum / Double(rowCount), metrics: metrics)
  }
}
