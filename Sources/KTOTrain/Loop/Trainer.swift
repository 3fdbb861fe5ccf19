internal import KTOCore
internal import KTOKernels
package import KTOModels

/// The optimisation loop: microbatches, accumulation, clipping, AdamW, schedule, checkpoints, events.
///
/// It prints nothing and reads no clock of its own. A class because it owns the run's changing state.
package final class Trainer {
  private let model: CausalLM
  private let settings: TrainerSettings
  private let train: [TrainingExample]
  private let validation: [TrainingExample]
  private let sink: (TrainingEvent) -> Void
  private let now: () -> Double
  private let plan: BatchPlan
  private var state: TrainingState
  private var computation: MicrobatchComputation
  private let gradients: ParameterSet
  private var lastCheckpoint: String?
  private var fallbackCounts: [String: Int] = [:]
  private var clampedSteps = 0

  /// - Parameters:
  ///   - adapter: what is trained, in place.
  ///   - now: seconds since some fixed moment.
  ///   - sink: takes the events as they happen.
  /// - Throws: `TrainingError`.
  package init(
    model: CausalLM, adapter: LoRAAdapter, train: [TrainingExample], validation: [TrainingExample] = [],
    settings: TrainerSettings, identity: RunIdentity, now: @escaping () -> Double,
    sink: @escaping (TrainingEvent) -> Void
  ) throws {
    guard !train.isEmpty else { throw TrainingError.noRows }
    guard !settings.estimator.needsMismatchedPairs || settings.batchSize >= 2 else {
      throw TrainingError.batchTooSmall(batchSize: settings.batchSize)
    }
    for example in train + validation where example.prompt.count >= settings.maxSequenceLength {
      throw TrainingError.promptTooLong(
        id: example.id, promptTokens: example.prompt.count, limit: settings.maxSequenceLength)
    }
    self.model = model
    self.settings = settings
    self.train = train
    self.validation = validation
    self.now = now
    self.sink = sink
    plan = BatchPlan(
      rows: planRows(train), order: settings.order, batchSize: settings.batchSize,
      accumulation: settings.accumulation, seed: settings.seed)
    state = TrainingState(
      adapter: adapter.parameters,
      generator: SeededGenerator(seed: settings.seed, stream: 0x6472_6F70), identity: identity)
    gradients = ParameterSet(adapter.parameters.layout)
    computation = MicrobatchComputation(
      model: model, adapter: adapter, loss: settings.loss, estimator: settings.estimator, examples: train,
      limit: settings.maxSequenceLength, isCheckpointed: settings.isCheckpointed)
  }

  /// Goes on from a checkpoint of the same run.
  /// - Throws: `CheckpointFile.Failure`, `TrainingError.resumedBeyondEnd`, and what reading throws.
  package func resume(from path: String) throws {
    try CheckpointFile.read(path, into: &state)
    computation.cache = state.reference
    guard state.step <= totalSteps else {
      throw TrainingError.resumedBeyondEnd(step: state.step, maxSteps: totalSteps)
    }
    lastCheckpoint = path
    sink(.resumed(step: state.step, path: path))
  }

  /// Optimizer steps of the whole run.
  package var totalSteps: Int {
    settings.maxSteps ?? max(1, Int((Double(plan.stepsPerEpoch) * settings.epochs).rounded(.up)))
  }

  /// Trains to the end. The adapter holds the result.
  /// - Throws: `TrainingError.notFinite`, `ModelError`, and what writing a checkpoint throws.
  package func run() throws -> TrainingSummary {
    announce()
    let start = now()
    let firstStep = state.step
    var epoch = -1
    var windows: [[BatchPlan.Microbatch]] = []
    while state.step < totalSteps {
      let stepEpoch = state.step / plan.stepsPerEpoch
      if stepEpoch != epoch {
        epoch = stepEpoch
        windows = plan.epoch(epoch)
      }
      let window = state.step % plan.stepsPerEpoch
      let metrics = try optimize(windows[window], epoch: epoch, window: window)
      let perStep = (now() - start) / Double(state.step - firstStep)
      sink(.step(metrics, of: totalSteps, secondsLeft: perStep * Double(totalSteps - state.step)))
      warn(metrics)
      try checkpointIfDue()
    }
    for (text, count) in fallbackCounts.sorted(by: { $0.key < $1.key }) {
      sink(.warning("in all, \(count) microbatches held one class only; each \(text)"))
    }
    return TrainingSummary(
      steps: state.step, firstLoss: state.losses.first ?? .nan, lastLoss: state.losses.last ?? .nan,
      bestLoss: state.bestLoss, bestStep: state.bestStep, desirableCount: state.desirableCount,
      undesirableCount: state.undesirableCount, seconds: now() - start, tokenCount: state.tokenCount,
      adapterPath: "")
  }

  // MARK: - One step

  private func optimize(
    _ microbatches: [BatchPlan.Microbatch], epoch: Int, window: Int
  ) throws -> StepMetrics {
    let start = now()
    var metrics = MetricsAccumulator()
    gradients.setZero()
    for microbatch in microbatches {
      let outcome = try computation.train(
        microbatch, dropoutSeed: state.generator.next(), scale: 1 / Double(microbatches.count),
        into: gradients, metrics: &metrics)
      if let what = outcome.notFinite { throw notFinite(what) }
      if let text = outcome.loss.kind.fallbackText { countFallback(text) }
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
    state.losses.append(metrics.mean("loss") ?? .nan)
    let done = min((window + 1) * settings.accumulation, plan.microbatchesPerEpoch)
    return step(
      metrics, epoch: Double(epoch) + Double(done) / Double(plan.microbatchesPerEpoch), norm: norm,
      rate: rate, seconds: now() - start)
  }

  private func step(
    _ metrics: MetricsAccumulator, epoch: Double, norm: Double, rate: Double, seconds: Double
  ) -> StepMetrics {
    StepMetrics(
      step: state.step, epoch: epoch, loss: metrics.mean("loss") ?? .nan, gradNorm: norm,
      learningRate: rate, kl: metrics.mean("kl") ?? 0, klSigned: metrics.mean("kl_signed") ?? 0,
      clamped: metrics.mean("clamped") ?? 0, rewardsChosen: metrics.mean("rewards/chosen"),
      rewardsRejected: metrics.mean("rewards/rejected"), rewardsMargins: metrics.mean("rewards/margins"),
      logpsChosen: metrics.mean("logps/chosen"), logpsRejected: metrics.mean("logps/rejected"),
      logitsChosen: metrics.mean("logits/chosen"), logitsRejected: metrics.mean("logits/rejected"),
      nllChosen: metrics.mean("nll/chosen"), entropy: metrics.mean("entropy") ?? 0,
      tokenCount: state.tokenCount, desirableCount: metrics.desirableCount,
      undesirableCount: metrics.undesirableCount, seconds: seconds,
      tokensPerSecond: seconds > 0 ? Double(metrics.tokenCount) / seconds : 0)
  }

  // MARK: - Checkpoints

  /// At every checkpoint step and at the end: measures, saves, and keeps the best.
  private func checkpointIfDue() throws {
    let isLast = state.step == totalSteps
    let isDue = settings.checkpointSteps > 0 && state.step % settings.checkpointSteps == 0
    guard isDue || isLast else { return }
    let loss = try validation.isEmpty ? smoothedLoss : validationLoss()
    let isBest = loss < state.bestLoss
    if isBest { (state.bestLoss, state.bestStep) = (loss, state.step) }
    guard let folder = settings.checkpointFolder else { return }
    state.reference = computation.cache
    if isDue {
      let path = CheckpointFile.path(folder: folder, step: state.step)
      try CheckpointFile.write(state, to: path)
      lastCheckpoint = path
      sink(.checkpointSaved(step: state.step, path: path, isBest: false))
    }
    if isBest {
      let path = CheckpointFile.bestPath(folder: folder)
      try CheckpointFile.write(state, to: path)
      sink(.checkpointSaved(step: state.step, path: path, isBest: true))
    }
  }

  /// The mean of the last ten steps' losses: what stands in for a validation loss where there is no such split.
  private var smoothedLoss: Double {
    let recent = state.losses.suffix(10)
    return recent.reduce(0, +) / Double(max(recent.count, 1))
  }

  private func validationLoss() throws -> Double {
    let plan = BatchPlan(
      rows: planRows(validation), order: .shuffled, batchSize: settings.batchSize, accumulation: 1,
      seed: settings.seed)
    var computation = MicrobatchComputation(
      model: model, adapter: self.computation.adapter, loss: settings.loss, estimator: settings.estimator,
      examples: validation,
      limit: settings.maxSequenceLength, isCheckpointed: false)
    var sum = 0.0
    var metrics = MetricsAccumulator()
    for microbatch in plan.epoch(0).joined() {
      let outcome = try computation.evaluate(microbatch, metrics: &metrics)
      if let what = outcome.notFinite { throw notFinite("in validation, \(what)") }
      sum += outcome.loss.loss * Double(microbatch.rows.count)
    }
    let loss = sum / Double(validation.count)
    sink(.validation(step: state.step, loss: loss, rows: validation.count))
    return loss
  }

  private func notFinite(_ what: String) -> TrainingError {
    .notFinite(step: state.step + 1, what: what, lastCheckpoint: lastCheckpoint)
  }

  // MARK: - Events

  private func announce() {
    sink(
      .started(
        TrainingPlanSummary(
          beta: settings.loss.beta, lambdaDesirable: settings.loss.desirableWeight,
          lambdaUndesirable: settings.loss.undesirableWeight, estimator: settings.estimator.name,
          maxSteps: totalSteps, batchSize: settings.batchSize, accumulation: settings.accumulation,
          learningRate: settings.learningRate, maxSequenceLength: settings.maxSequenceLength,
          order: settings.order.rawValue, rowCount: train.count, stepsPerEpoch: plan.stepsPerEpoch,
          configuredEpochs: settings.epochs)))
  }

  private func countFallback(_ text: String) {
    if fallbackCounts[text] == nil { sink(.warning("a microbatch holds one class only; it \(text)")) }
    fallbackCounts[text, default: 0] += 1
  }

  /// A reference point that is always clamped means that the loss has become another one.
  private func warn(_ metrics: StepMetrics) {
    clampedSteps = metrics.clamped == 1 ? clampedSteps + 1 : 0
    if clampedSteps == 10 {
      sink(
        .warning(
          "the KL estimate has been negative, and so clamped to 0, for 10 steps: the loss now equals"
            + " apo_zero_unpaired; a larger per_device_batch_size makes the estimate steadier"))
    }
  }
}

/// Keys by which rows with one prompt or one completion are recognised.
private func planRows(_ examples: [TrainingExample]) -> [BatchPlan.Row] {
  var prompts: [[UInt32]: Int] = [:]
  var completions: [[UInt32]: Int] = [:]
  func key(_ tokens: [UInt32], in keys: inout [[UInt32]: Int]) -> Int {
    if let key = keys[tokens] { return key }
    keys[tokens] = keys.count
    return keys.count - 1
  }
  return examples.map { example in
    BatchPlan.Row(
      label: example.label, promptKey: key(example.prompt, in: &prompts),
      completionKey: key(example.completion, in: &completions))
  }
}
