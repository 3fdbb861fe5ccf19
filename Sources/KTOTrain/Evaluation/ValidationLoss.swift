/// The loss over a split that is not trained on, in microbatches that are the same each time.
struct ValidationLoss {
  private var computation: MicrobatchComputation
  private let plan: BatchPlan

  struct Result {
    /// The mean over the rows.
    var loss: Double
    var rowCount: Int
    /// The name of the first value that is NaN or infinite.
    var notFinite: String?
  }

  init(_ computation: MicrobatchComputation, batchSize: Int, seed: UInt64) {
    self.computation = computation
    plan = BatchPlan(
      rows: computation.feed.rows, order: .shuffled, batchSize: batchSize, accumulation: 1, seed: seed)
  }

  /// - Parameter estimator: the training's, of which a copy is used.
  mutating func measure(estimator: any ReferencePointEstimator) throws -> Result {
    computation.estimator = estimator
    var sum = 0.0
    for microbatch in plan.epoch(0).joined() {
      let outcome = try computation.evaluate(microbatch)
      if let what = outcome.notFinite { return Result(loss: .nan, rowCount: 0, notFinite: what) }
      sum += outcome.scored.loss.loss * Double(microbatch.rows.count)
    }
    let rowCount = computation.feed.rows.count
    return Result(loss: sum / Double(rowCount), rowCount: rowCount)
  }
}
