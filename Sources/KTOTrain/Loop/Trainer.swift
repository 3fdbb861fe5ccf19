internal import KTOCore
internal import KTOData
internal import KTOKernels
package import KTOModels

/// The optimisation loop: microbatches, accumulation, clipping, AdamW, schedule, checkpoints, events.
///
/// It prints nothing and reads no clock of its own. A class because it owns the run's changing state.
package final class Trainer {
  private let model: CausalLM
  let settings: TrainerSettings
  private let sink: (TrainingEvent) throws -> Void
  let now: () -> Double
  let shouldStop: () -> Bool
  private let plan: BatchPlan
  var state: TrainingState
  var computation: MicrobatchComputation
  var validation: ValidationLoss?
  /// 0 where nothing is validated.
  let validationRowCount: Int
  private let gradients: ParameterSet
  /// The checkpoint that was written or read last.
  var lastCheckpoint: String?
  private var warnings = RunWarnings()
  var pace = Pace()

  /// - Parameters:
  ///   - adapter: what is trained, in place.
  ///   - referenceStore: where the reference's scores outlive the run.
  ///   - now: seconds since some fixed moment.
  ///   - shouldStop: asked after each step and each microbatch of a validation; the run ends early where it says yes.
  ///   - sink: takes the events as they happen; an error that it throws ends the run after a checkpoint was saved.
  /// - Throws: `TrainingError`, and what reading a row throws.
  package init(
    model: CausalLM, adapter: LoRAAdapter, train: TrainingFeed, validation: TrainingFeed? = nil,
    settings: TrainerSettings, identity: RunIdentity, referenceStore: ReferenceStore? = nil,
    now: @escaping () -> Double,
    shouldStop: @escaping () -> Bool = { false }, sink: @escaping (TrainingEvent) throws -> Void
  ) throws {
    guard !train.rows.isEmpty else { throw TrainingError.noRows }
    self.model = model
    self.settings = settings
    self.now = now
    self.shouldStop = shouldStop
    self.sink = sink
    try settings.checkBatchSize()
    func computation(_ feed: TrainingFeed, isCheckpointed: Bool) -> MicrobatchComputation {
      var computation = MicrobatchComputation(
        model: model, adapter: adapter, loss: settings.loss, estimator: settings.estimator, feed: feed,
        maxLength: settings.maxLength, isCheckpointed: isCheckpointed)
      computation.store = referenceStore
      return computation
    }
    self.computation = computation(train, isCheckpointed: settings.isCheckpointed)
    for feed in [train] + (validation.map { [$0] } ?? []) { try feed.check(limit: settings.maxLength) }
    self.validation = validation.flatMap { feed in
      feed.rows.isEmpty
        ? nil
        : ValidationLoss(
          computation(feed, isCheckpointed: false), batchSize: settings.batchSize,
          accumulation: settings.accumulation, seed: settings.seed)
    }
    validationRowCount = validation?.rows.count ?? 0
    plan = BatchPlan(
      rows: train.rows, order: settings.order, batchSize: settings.batchSize,
      accumulation: settings.accumulation, seed: settings.seed)
    state = TrainingState(
      adapter: adapter.parameters,
      generator: SeededGenerator(seed: settings.seed, stream: 0x6472_6F70), identity: identity)
    gradients = ParameterSet(adapter.parameters.layout)
  }

  /// Goes on from a checkpoint of the same run.
  /// - Parameter allowed: keys that may have another value than in the checkpoint.
  /// - Throws: `CheckpointError`, `TrainingError.resumedBeyondEnd`, and what reading throws.
  package func resume(from path: String, allowing allowed: Set<String> = []) throws {
    let changes = try CheckpointFile.read(path, into: &state, allowing: allowed)
    computation.cache = state.reference
    computation.estimator.state = state.estimator
    guard state.step <= totalSteps else {
      throw TrainingError.resumedBeyondEnd(step: state.step, maxSteps: totalSteps)
    }
    lastCheckpoint = path
    try sink(.resumed(step: state.step, path: path, isMeasured: !state.isMeasurementPending))
    if let metrics = state.unrecorded { try sink(.unrecorded(metrics)) }
    state.unrecorded = nil
    for change in changes { try sink(.warning("\(change), as allowed")) }
  }

  /// Optimizer steps of the whole run.
  package var totalSteps: Int {
    settings.maxSteps ?? max(1, Int((Double(plan.stepsPerEpoch) * settings.epochs).rounded(.up)))
  }

  /// Trains to the end, or until it is asked to stop. The adapter holds the result.
  /// - Throws: `TrainingError.notFinite`, `.recordingFailed`, `ModelError`, and what reading a row or writing a
  ///   checkpoint throws; what the sink throws before the first step.
  package func run() throws -> TrainingSummary {
    try sink(.started(planSummary))
    let start = now()
    let firstStep = state.step
    do {
      try train()
      if state.step == totalSteps, !state.isMeasurementPending {
        for text in warnings.atEnd() { try tell(.warning(text)) }
        return summary(firstStep: firstStep, seconds: now() - start, stop: nil)
      }
      let path = try saveWhereStopped()
      try tell(.stopped(step: state.step, of: totalSteps, path: path))
      return summary(firstStep: firstStep, seconds: now() - start, stop: StopPoint(checkpoint: path))
    } catch let failure as SinkFailure {
      throw afterSinkFailure(failure, since: firstStep)
    }
  }

  /// Takes steps until the last one is done or somebody asks to stop.
  private func train() throws {
    try finishMeasurement()
    try restoreBest()
    var current: (number: Int, steps: BatchPlan.Epoch)?
    while state.step < totalSteps, !state.isMeasurementPending, !shouldStop() {
      let number = state.step / plan.stepsPerEpoch
      let steps = current?.number == number ? current?.steps : nil
      let epoch = steps ?? plan.epoch(number)
      current = (number, epoch)
      let window = state.step % plan.stepsPerEpoch
      let start = now()
      let (metrics, texts) = try optimize(epoch[window])
      state.isMeasurementPending = isMeasured(state.step)
      pace.addStep(seconds: now() - start, rows: epoch[window].reduce(0) { $0 + $1.rows.count })
      // Until it is recorded: a run whose sink fails is saved with it.
      state.unrecorded = metrics
      for text in texts { try tell(.warning(text)) }
      try tell(.step(metrics, of: totalSteps, secondsLeft: secondsLeft()))
      state.unrecorded = nil
      if let text = warnings.afterStep(metrics) { try tell(.warning(text)) }
      if state.isMeasurementPending { try keep() }
    }
  }

  /// Tells whoever watches, so that `run` can tell a sink that fails from everything else.
  func tell(_ event: TrainingEvent) throws(SinkFailure) {
    do { try sink(event) } catch { throw SinkFailure(error: error) }
  }

  private func summary(firstStep: Int, seconds: Double, stop: StopPoint?) -> TrainingSummary {
    TrainingSummary(
      steps: state.step, firstStep: firstStep, firstLoss: state.losses.first ?? .nan,
      lastLoss: state.losses.last ?? .nan, bestLoss: state.bestLoss, bestStep: state.bestStep,
      desirableCount: state.desirableCount, undesirableCount: state.undesirableCount, seconds: seconds,
      tokenCount: state.tokenCount, adapterPath: "", stop: stop)
  }

  // MARK: - One step

  /// - Returns: what it measured, and what it has to warn of. Nothing is told meanwhile, so that whatever a sink does finds
  ///   the state between two steps.
  private func optimize(
    _ microbatches: [Microbatch]
  ) throws -> (metrics: StepMetrics, warnings: [String]) {
    let start = now()
    var metrics = MetricsAccumulator()
    var texts: [String] = []
    gradients.setZero()
    let startCheck = state.step == 0 && computation.adapter.changesNothing ? StartCheck(settings.loss) : nil
    try computation.begin(microbatches)
    for microbatch in microbatches {
      let outcome = try computation.train(
        microbatch, dropoutSeed: state.generator.next(), scale: 1 / Double(microbatches.count),
        into: gradients)
      metrics.add(outcome.scored)
      if let what = outcome.notFinite { throw notFinite(what) }
      try startCheck?.check(outcome.scored) { try computation.feed.example(at: microbatch.rows[$0]).id }
      if let fallback = outcome.scored.loss.points.fallback, let text = warnings.count(fallback) {
        texts.append(text)
      }
    }
    let schedule = LinearSchedule(
      peak: settings.learningRate, warmupSteps: settings.warmupSteps, totalSteps: totalSteps)
    let rate = schedule.rate(step: state.step + 1)
    var optimizer = AdamWOptimizer(
      firstMoment: state.firstMoment, secondMoment: state.secondMoment, stepCount: state.step,
      AdamWParameters(weightDecay: settings.weightDecay),
      maximumNorm: settings.maxGradientNorm > 0 ? settings.maxGradientNorm : nil)
    optimizer.plusRatio = settings.plusRatio
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
    let facts = StepFacts(
      step: state.step, epoch: epochs(after: state.step),
      gradientNorm: norm, learningRate: rate, totalTokenCount: state.tokenCount,
      tokenCount: metrics.tokenCount, desirableCount: metrics.desirableCount,
      undesirableCount: metrics.undesirableCount, seconds: now() - start)
    return (StepMetrics(facts) { metrics.mean($0) }, texts)
  }

  func notFinite(_ what: String) -> TrainingError {
    .notFinite(step: state.step + 1, what: what, lastCheckpoint: lastCheckpoint)
  }

  /// How often so many steps go over the data, with a fraction.
  func epochs(after step: Int) -> Double {
    let (whole, rest) = step.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
    let done = min(rest * settings.accumulation, plan.microbatchesPerEpoch)
    return Double(whole) + Double(done) / Double(plan.microbatchesPerEpoch)
  }

  private var planSummary: TrainingPlanSummary {
    TrainingPlanSummary(
      beta: settings.loss.beta, lambdaDesirable: settings.loss.desirableWeight,
      lambdaUndesirable: settings.loss.undesirableWeight, lossType: settings.loss.variant.name,
      estimator: type(of: computation.estimator).name,
      maxSteps: totalSteps, batchSize: settings.batchSize, accumulation: settings.accumulation,
      learningRate: settings.learningRate, maxLength: settings.maxLength,
      order: settings.order.rawValue, rowCount: computation.feed.rows.count,
      stepsPerEpoch: plan.stepsPerEpoch, configuredEpochs: settings.epochs)
  }
}
