internal import KTOCore
internal import KTOKernels
package import KTOModels

/// The optimisation loop: microbatches, accumulation, clipping, AdamW, schedule, checkpoints, events.
///
/// It prints nothing and reads no clock of its own. A class because it owns the run's changing state.
package final class Trainer {
  private let model: CausalLM
  private let settings: TrainerSettings
  private let sink: (TrainingEvent) throws -> Void
  private let now: () -> Double
  private let plan: BatchPlan
  private var state: TrainingState
  private var computation: MicrobatchComputation
  private var validation: ValidationLoss?
  private let gradients: ParameterSet
  private var lastCheckpoint: String?
  private var warnings = RunWarnings()

  /// - Parameters:
  ///   - adapter: what is trained, in place.
  ///   - now: seconds since some fixed moment.
  ///   - sink: takes the events as they happen; an error that it throws ends the run.
  /// - Throws: `TrainingError`, and what reading a row throws.
  package init(
    model: CausalLM, adapter: LoRAAdapter, train: TrainingFeed, validation: TrainingFeed? = nil,
    settings: TrainerSettings, identity: RunIdentity, now: @escaping () -> Double,
    sink: @escaping (TrainingEvent) throws -> Void
  ) throws {
    guard !train.rows.isEmpty else { throw TrainingError.noRows }
    self.model = model
    self.settings = settings
    self.now = now
    self.sink = sink
    func computation(_ feed: TrainingFeed, isCheckpointed: Bool) -> MicrobatchComputation {
      MicrobatchComputation(
        model: model, adapter: adapter, loss: settings.loss, estimator: settings.estimator, feed: feed,
        maxLength: settings.maxLength, isCheckpointed: isCheckpointed)
    }
    let training = computation(train, isCheckpointed: settings.isCheckpointed)
    try training.estimator.check(batchSize: settings.batchSize)
    self.computation = training
    for feed in [train] + (validation.map { [$0] } ?? []) { try feed.check(limit: settings.maxLength) }
    self.validation = validation.flatMap { feed in
      feed.rows.isEmpty
        ? nil
        : ValidationLoss(
          computation(feed, isCheckpointed: false), batchSize: settings.batchSize, seed: settings.seed)
    }
    plan = BatchPlan(
      rows: train.rows, order: settings.order, batchSize: settings.batchSize,
      accumulation: settings.accumulation, seed: settings.seed)
    state = TrainingState(
      adapter: adapter.parameters,
      generator: SeededGenerator(seed: settings.seed, stream: 0x6472_6F70), identity: identity)
    gradients = ParameterSet(adapter.parameters.layout)
  }

  /// Goes on from a checkpoint of the same run.
  /// - Throws: `CheckpointError`, `TrainingError.resumedBeyondEnd`, and what reading throws.
  package func resume(from path: String) throws {
    try CheckpointFile.read(path, into: &state)
    computation.cache = state.reference
    computation.estimator.state = state.estimator
    guard state.step <= totalSteps else {
      throw TrainingError.resumedBeyondEnd(step: state.step, maxSteps: totalSteps)
    }
    lastCheckpoint = path
    try sink(.resumed(step: state.step, path: path))
  }

  /// Optimizer steps of the whole run.
  package var totalSteps: Int {
    settings.maxSteps ?? max(1, Int((Double(plan.stepsPerEpoch) * settings.epochs).rounded(.up)))
  }

  /// Trains to the end. The adapter holds the result.
  /// - Throws: `TrainingError.notFinite`, `ModelError`, and what reading a row, writing a checkpoint or the sink throws.
  package func run() throws -> TrainingSummary {
    try announce()
    let start = now()
    let firstStep = state.step
    var current: (number: Int, steps: BatchPlan.Epoch)?
    while state.step < totalSteps {
      let number = state.step / plan.stepsPerEpoch
      let steps = current?.number == number ? current?.steps : nil
      let epoch = steps ?? plan.epoch(number)
      current = (number, epoch)
      let window = state.step % plan.stepsPerEpoch
      let metrics = try optimize(epoch[window], epoch: number, window: window)
      let perStep = (now() - start) / Double(state.step - firstStep)
      try sink(.step(metrics, of: totalSteps, secondsLeft: perStep * Double(totalSteps - state.step)))
      if let text = warnings.afterStep(metrics) { try sink(.warning(text)) }
      try checkpointIfDue()
    }
    for text in warnings.atEnd() { try sink(.warning(text)) }
    return TrainingSummary(
      steps: state.step, firstLoss: state.losses.first ?? .nan, lastLoss: state.losses.last ?? .nan,
      bestLoss: state.bestLoss, bestStep: state.bestStep, desirableCount: state.desirableCount,
      undesirableCount: state.undesirableCount, seconds: now() - start, tokenCount: state.tokenCount,
      adapterPath: "")
  }

  // MARK: - One step

  private func optimize(_ microbatches: [Microbatch], epoch: Int, window: Int) throws -> StepMetrics {
    let start = now()
    var metrics = MetricsAccumulator()
    gradients.setZero()
    for microbatch in microbatches {
      let outcome = try computation.train(
        microbatch, dropoutSeed: state.generator.next(), scale: 1 / Double(microbatches.count),
        into: gradients)
      metrics.add(outcome.scored)
      if let what = outcome.notFinite { throw notFinite(what) }
      if let fallback = outcome.scored.loss.points.fallback, let text = warnings.count(fallback) {
        try sink(.warning(text))
      }
    }
    let schedule = LinearSchedule(
      peak: settings.learningRate, warmupSteps: settings.warmupSteps, totalSteps: totalSteps)
    let rate = schedule.rate(step: state.step + 1)
    var optimizer = AdamWOptimizer(
      firstMoment: state.firstMoment, secondMoment: state.secondMoment, stepCount: state.step,
      AdamWParameters(weightDecay: settings.weightDecay),
      maximumNorm: settings.maxGradientNorm > 0 ? settings.maxGradientNorm : nil)
    let norm = optimizer.step(
      state.adapter, gradients: gradients, learningRate: rate, context: model.context)
    guard norm.isFinite else {
      throw notFinite("the gradient of \(gradients.firstNonFinite ?? "an adapter tensor")")
    }
    state.step += 1
    if let tensor = state.adapter.firstNonFinite { throw notFinite("the adapter's tensor \(tensor)") }
    state.tokenCount += metrics.tokenCount
    state.desirableCount += metrics.desirableCount
    state.undesirableCount += metrics.undesirableCount
    state.losses.append(metrics.mean(.loss) ?? .nan)
    let done = min((window + 1) * settings.accumulation, plan.microbatchesPerEpoch)
    let facts = StepFacts(
      step: state.step, epoch: Double(epoch) + Double(done) / Double(plan.microbatchesPerEpoch),
      gradientNorm: norm, learningRate: rate, totalTokenCount: state.tokenCount,
      tokenCount: metrics.tokenCount, desirableCount: metrics.desirableCount,
      undesirableCount: metrics.undesirableCount, seconds: now() - start)
    return StepMetrics(facts) { metrics.mean($0) }
  }

  // MARK: - Checkpoints

  /// At every checkpoint step and at the end: measures, saves, and keeps the best.
  private func checkpointIfDue() throws {
    let isLast = state.step == totalSteps
    let isDue = settings.checkpointSteps > 0 && state.step % settings.checkpointSteps == 0
    guard isDue || isLast else { return }
    let loss = try validationLoss() ?? smoothedLoss
    let isBest = loss < state.bestLoss
    if isBest { (state.bestLoss, state.bestStep) = (loss, state.step) }
    guard let folder = settings.checkpointFolder else { return }
    state.reference = computation.cache
    state.estimator = computation.estimator.state
    if isDue {
      let path = CheckpointFile.path(folder: folder, step: state.step)
      try CheckpointFile.write(state, to: path)
      lastCheckpoint = path
      try sink(.checkpointSaved(step: state.step, path: path, isBest: false))
    }
    if isBest {
      let path = CheckpointFile.bestPath(folder: folder)
      try CheckpointFile.write(state, to: path)
      try sink(.checkpointSaved(step: state.step, path: path, isBest: true))
    }
  }

  /// The mean of the last ten steps' losses: what stands in for a validation loss where there is no such split.
  private var smoothedLoss: Double {
    let recent = state.losses.suffix(10)
    return recent.reduce(0, +) / Double(max(recent.count, 1))
  }

  private func validationLoss() throws -> Double? {
    guard let result = try validation?.measure(estimator: computation.estimator) else { return nil }
    if let what = result.notFinite { throw notFinite("in validation, \(what)") }
    try sink(.validation(step: state.step, loss: result.loss, rows: result.rowCount))
    return result.loss
  }

  private func notFinite(_ what: String) -> TrainingError {
    .notFinite(step: state.step + 1, what: what, lastCheckpoint: lastCheckpoint)
  }

  // MARK: - Events

  private func announce() throws {
    try sink(
      .started(
        TrainingPlanSummary(
          beta: settings.loss.beta, lambdaDesirable: settings.loss.desirableWeight,
          lambdaUndesirable: settings.loss.undesirableWeight, lossType: settings.loss.variant.name,
          estimator: type(of: computation.estimator).name,
          maxSteps: totalSteps, batchSize: settings.batchSize, accumulation: settings.accumulation,
          learningRate: settings.learningRate, maxLength: settings.maxLength,
          order: settings.order.rawValue, rowCount: computation.feed.rows.count,
          stepsPerEpoch: plan.stepsPerEpoch, configuredEpochs: settings.epochs)))
  }
}

extension ReferencePointEstimator {
  /// - Throws: `TrainingError.batchTooSmall`.
  fileprivate func check(batchSize: Int) throws {
    guard batchSize >= Self.smallestBatch else {
      throw TrainingError.batchTooSmall(
        estimator: Self.name, reason: Self.smallestBatchReason, smallest: Self.smallestBatch,
        batchSize: batchSize)
    }
  }
}
