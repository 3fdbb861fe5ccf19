/// The numbers of a run, checked where the configuration was read.
package struct TrainerSettings: Sendable {
  package var loss: KTOLoss
  package var estimator: any ReferencePointEstimator
  /// Optimizer steps; nil leaves it to `epochs`.
  package var maxSteps: Int?
  package var epochs: Double
  /// Rows a microbatch.
  package var batchSize: Int
  /// Microbatches an optimizer step.
  package var accumulation: Int
  package var learningRate: Double
  /// The learning rate of the adapter's factors B over that of A.
  package var plusRatio = 1.0
  package var warmupSteps: Int
  package var weightDecay: Double
  /// The norm gradients are scaled down to; 0 never scales.
  package var maxGradientNorm: Double
  package var order: RowOrder
  package var seed: UInt64
  /// Prompt and completion together, in tokens.
  package var maxLength: Int
  /// Whether activations are computed again in the backward pass.
  package var isCheckpointed: Bool
  /// Optimizer steps between checkpoints; 0 keeps the best alone.
  package var checkpointSteps: Int
  /// Nil writes no checkpoints.
  package var checkpointFolder: String?

  package init(
    loss: KTOLoss, estimator: any ReferencePointEstimator, maxSteps: Int?, epochs: Double = 1, batchSize: Int,
    accumulation: Int, learningRate: Double, warmupSteps: Int = 0, weightDecay: Double = 0,
    maxGradientNorm: Double = 1,
    order: RowOrder = .shuffled, seed: UInt64 = 42, maxLength: Int,
    isCheckpointed: Bool = false, checkpointSteps: Int = 0, checkpointFolder: String? = nil
  ) {
    self.loss = loss
    self.estimator = estimator
    self.maxSteps = maxSteps
    self.epochs = epochs
    self.batchSize = batchSize
    self.accumulation = accumulation
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.weightDecay = weightDecay
    self.maxGradientNorm = maxGradientNorm
    self.order = order
    self.seed = seed
    self.maxLength = maxLength
    self.isCheckpointed = isCheckpointed
    self.checkpointSteps = checkpointSteps
    self.checkpointFolder = checkpointFolder
  }
}

extension TrainerSettings {
  /// Refuses batches that are too small for the estimator, where the loss has use for one.
  /// - Throws: `TrainingError.batchTooSmall`.
  package func checkBatchSize() throws(TrainingError) {
    let kind = type(of: loss.estimator(estimator))
    guard batchSize < kind.smallestBatch else { return }
    throw .batchTooSmall(
      estimator: kind.name, reason: kind.smallestBatchReason, smallest: kind.smallestBatch,
      batchSize: batchSize)
  }
}
