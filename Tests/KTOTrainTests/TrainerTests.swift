import Foundation
import KTOCore
import KTOData
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

struct TrainerTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// Short rows of arbitrary tokens, every other one desirable.
  private func examples(_ count: Int) -> [TokenizedExample] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { index in
      TokenizedExample(
        id: "example-\(index)", group: "\(index)", label: index % 2 == 0,
        promptIDs: [1] + (0..<4).map { _ in UInt32(7 + generator.next(below: 4000)) },
        completionIDs: (0..<6).map { _ in UInt32(7 + generator.next(below: 4000)) })
    }
  }

  private func trainer(
    steps: Int, loss: KTOLoss = KTOLoss(), estimator: any ReferencePointEstimator = MismatchedPairs(),
    examples: [TokenizedExample]? = nil,
    validation: [TokenizedExample] = [], dropout: Double = 0, checkpointSteps: Int = 2,
    store: ReferenceStore? = nil,
    sink: @escaping (TrainingEvent) throws -> Void = { _ in }
  ) throws -> (trainer: Trainer, adapter: LoRAAdapter) {
    try makeDirectory(folder)
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2, dropout: dropout), for: model.plan, seed: 1)
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples ?? self.examples(12)),
      validation: TrainingFeed(validation),
      settings: TrainerSettings(
        loss: loss, estimator: estimator, maxSteps: steps, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, maxLength: 64, checkpointSteps: checkpointSteps,
        checkpointFolder: folder),
      identity: .example, referenceStore: store, now: { 0 }, sink: sink)
    return (trainer, adapter)
  }

  private func losses(_ events: [TrainingEvent]) -> [Double] {
    events.compactMap { if case .step(let metrics, _, _) = $0 { metrics[.loss] } else { nil } }
  }

  @Test func `a new adapter starts at the reference: loss one half, rewards zero`() throws {
    var events: [TrainingEvent] = []
    let (trainer, _) = try trainer(steps: 1, sink: { events.append($0) })
    _ = try trainer.run()
    guard case .step(let metrics, _, _) = events.first(where: { $0.name == "step" }) else {
      Issue.record("no step was reported")
      return
    }
    #expect(abs((metrics[.loss] ?? 0) - 0.5) < 1e-6)
    // The two passes pack their rows differently, so sums differ in their last bits.
    #expect(abs(metrics[.chosenReward] ?? 1) < 1e-4 && abs(metrics[.rejectedReward] ?? 1) < 1e-4)
  }

  @Test func `training lowers the loss on what it sees`() throws {
    var events: [TrainingEvent] = []
    let (trainer, _) = try trainer(steps: 30, sink: { events.append($0) })
    _ = try trainer.run()
    let losses = losses(events)
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(last < first - 0.2)
  }

  @Test func `a resumed run ends with the very bytes of an uninterrupted one`() throws {
    let (whole, expected) = try trainer(steps: 6, dropout: 0.2)
    _ = try whole.run()
    let checkpoint = CheckpointFile.path(folder: folder, step: 2)
    let (rest, adapter) = try trainer(steps: 6, dropout: 0.2)
    try rest.resume(from: checkpoint)
    _ = try rest.run()
    let isSame = adapter.parameters.values.array == expected.parameters.values.array
    #expect(isSame)
  }

  @Test func `a checkpoint of another run is refused by all that differs`() throws {
    let (first, _) = try trainer(steps: 2)
    _ = try first.run()
    let layout = try trainer(steps: 2).adapter.parameters.layout
    var state = TrainingState(
      adapter: ParameterSet(layout), generator: SeededGenerator(seed: 1),
      identity: RunIdentity([
        .init("kto.beta", .double(0.5)), .init("data.root", .string("data")),
        .init("model.commit", .string("c")),
      ]))
    let path = CheckpointFile.path(folder: folder, step: 2)
    let differences: [RunIdentity.Difference] = [
      .init(key: "kto.beta", checkpoint: "0.1", run: "0.5"),
      .init(key: "model.commit", checkpoint: nil, run: "\"c\""),
      .init(key: "training.seed", checkpoint: "42", run: nil, isFixed: true),
    ]
    #expect(throws: CheckpointError.differs(path: path, differences)) {
      try CheckpointFile.read(path, into: &state)
    }
    #expect(differences[0].description == "kto.beta is 0.1 in the checkpoint and 0.5 here")
  }

  @Test func `a checkpoint of an older format is refused with a message that says so`() throws {
    try makeDirectory(folder)
    let path = CheckpointFile.path(folder: folder, step: 1)
    try writeNPZ([("metadata", NPYArray(text: #"{"format_version":1,"seed":42}"#))], to: path, force: true)
    let (trainer, _) = try trainer(steps: 2)
    let error = #expect(throws: CheckpointError.self) { try trainer.resume(from: path) }
    #expect(error == .unsupportedVersion(path: path, found: 1))
    #expect(error?.description.contains("an older version of this tool wrote") == true)
  }

  @Test func `a sink that throws ends the run after the step it was told of, with a checkpoint`() throws {
    struct DiskIsFull: Error {}
    var steps = 0
    let (trainer, _) = try trainer(
      steps: 6,
      sink: { event in
        guard case .step = event else { return }
        steps += 1
        if steps == 3 { throw DiskIsFull() }
      })
    #expect(
      throws: TrainingError.recordingFailed(
        step: 3, reason: "DiskIsFull()", lastCheckpoint: CheckpointFile.path(folder: folder, step: 3),
        problem: nil)
    ) { try trainer.run() }
    #expect(steps == 3)
  }

  @Test func `what an estimator keeps goes on after a resume`() throws {
    let (whole, expected) = try trainer(steps: 6, estimator: RunningMean())
    _ = try whole.run()
    let (rest, adapter) = try trainer(steps: 6, estimator: RunningMean())
    try rest.resume(from: CheckpointFile.path(folder: folder, step: 2))
    _ = try rest.run()
    let isSame = adapter.parameters.values.array == expected.parameters.values.array
    #expect(isSame)
  }

  @Test func `a loss without a reference point scores no pairs and takes a batch of one row`() throws {
    var events: [TrainingEvent] = []
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2), for: model.plan, seed: 1)
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples(4)),
      settings: TrainerSettings(
        loss: KTOLoss(variant: APOZeroUnpaired.self), estimator: MismatchedPairs(), maxSteps: 1, batchSize: 1,
        accumulation: 1, learningRate: 1e-3, maxLength: 64),
      identity: .example, now: { 0 }, sink: { events.append($0) })
    _ = try trainer.run()
    guard case .started(let plan) = events.first else { return }
    #expect(plan.lossType == "apo_zero_unpaired" && plan.estimator == "none")
  }

  @Test func `a number that is none stops the run and names step, tensor and last checkpoint`() throws {
    var events: [TrainingEvent] = []
    var adapter: LoRAAdapter?
    let made = try trainer(
      steps: 6,
      sink: { event in
        events.append(event)
        if case .checkpointSaved(2, _, false) = event {
          adapter?.parameters["base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight"]?[0, 0] = .nan
        }
      })
    adapter = made.adapter
    #expect(
      throws: TrainingError.notFinite(
        step: 3,
        what: "the adapter's tensor base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight",
        lastCheckpoint: CheckpointFile.path(folder: folder, step: 2))
    ) { _ = try made.trainer.run() }
  }

  @Test func `the best checkpoint goes by the validation loss where there is a validation split`() throws {
    var events: [TrainingEvent] = []
    let (trainer, _) = try trainer(
      steps: 4, validation: Array(examples(20).suffix(6)), sink: { events.append($0) })
    let summary = try trainer.run()
    let validation = events.compactMap { event -> Double? in
      if case .validation(let metrics) = event { metrics.loss } else { nil }
    }
    #expect(validation.count == 2)
    #expect(summary.bestLoss == validation.min())
    #expect(FileManager.default.fileExists(atPath: CheckpointFile.bestPath(folder: folder)))
  }

  @Test func `a batch of one class falls back to cross-entropy with a warning`() throws {
    var events: [TrainingEvent] = []
    let desirable = examples(8).filter(\.label)
    let (trainer, _) = try trainer(
      steps: 1, estimator: OppositeClass(homogeneous: .crossEntropy), examples: desirable,
      sink: { events.append($0) })
    _ = try trainer.run()
    #expect(losses(events)[0] > 1, "cross-entropy of arbitrary tokens, not a KTO loss")
    #expect(
      events.contains(
        .warning(
          "a microbatch holds one class only; it took cross-entropy on its desirable examples instead")))
  }

  @Test func `mismatched pairs need two rows a microbatch`() throws {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2), for: model.plan, seed: 1)
    #expect(
      throws: TrainingError.batchTooSmall(
        estimator: "trl", reason: MismatchedPairs.smallestBatchReason, smallest: 2, batchSize: 1)
    ) {
      _ = try Trainer(
        model: model, adapter: adapter, train: TrainingFeed(examples(4)),
        settings: TrainerSettings(
          loss: KTOLoss(), estimator: MismatchedPairs(), maxSteps: 1, batchSize: 1, accumulation: 1,
          learningRate: 1e-3, maxLength: 64),
        identity: .example, now: { 0 }, sink: { _ in })
    }
  }

  @Test func `ema goes on after a resume with the very bytes of an uninterrupted run`() throws {
    let (whole, expected) = try trainer(steps: 6, estimator: MovingAverage(decay: 0.9))
    _ = try whole.run()
    let (rest, adapter) = try trainer(steps: 6, estimator: MovingAverage(decay: 0.9))
    try rest.resume(from: CheckpointFile.path(folder: folder, step: 2))
    _ = try rest.run()
    let isSame = adapter.parameters.values.array == expected.parameters.values.array
    #expect(isSame)
  }

  @Test(arguments: lossVariants.map { $0.name })
  func `every loss learns, and goes on from a checkpoint with the same bytes`(name: String) throws {
    var configuration = KTOConfiguration()
    (configuration.lossType, configuration.sftWeight) = (name, 0.1)
    let loss = try configuration.makeLoss()
    var losses: [Double] = []
    let (whole, expected) = try trainer(
      steps: 6, loss: loss,
      sink: { if case .step(let metrics, _, _) = $0 { losses.append(metrics[.loss] ?? .nan) } })
    _ = try whole.run()
    #expect(losses.last ?? 0 < losses[0])
    let (rest, adapter) = try trainer(steps: 6, loss: loss)
    try rest.resume(from: CheckpointFile.path(folder: folder, step: 2))
    _ = try rest.run()
    let isSame = adapter.parameters.values.array == expected.parameters.values.array
    #expect(isSame)
  }

  @Test func `a run finds the reference's scores of an earlier one, and ends with the same bytes`() throws {
    func store() throws -> ReferenceStore { try ReferenceStore(folder: folder + "/reference", model: "m") }
    let (first, expected) = try trainer(steps: 4, store: store())
    _ = try first.run()
    let known = try store()
    let count = known.count
    #expect(count > 12, "rows and pairs")
    let (second, adapter) = try trainer(steps: 4, store: known)
    _ = try second.run()
    #expect(known.count == count, "nothing was scored again")
    let isSame = adapter.parameters.values.array == expected.parameters.values.array
    #expect(isSame)
  }

  @Test func `a damaged checkpoint has one before it, unless that is damaged too`() throws {
    let (trainer, _) = try trainer(steps: 6)
    _ = try trainer.run()
    let paths = [2, 4, 6].map { CheckpointFile.path(folder: folder, step: $0) }
    #expect(CheckpointFile.newestReadable(before: paths[2]) == paths[1])
    var bytes = try readFile(paths[1])
    bytes[bytes.count / 2] ^= 1
    try writeFile(paths[1], bytes, force: true)
    #expect(CheckpointFile.newestReadable(before: paths[2]) == paths[0])
    #expect(CheckpointFile.newestReadable(before: paths[0]) == nil)
  }

  @Test func `humanline within its limits is kto`() throws {
    func adapter(_ loss: KTOLoss) throws -> [Float] {
      let (trainer, adapter) = try trainer(steps: 3, loss: loss)
      _ = try trainer.run()
      return adapter.parameters.values.array
    }
    let wide = KTOLoss(variant: Humanline.self, tokenLimits: -1000.0...1000)
    let (ours, theirs) = (try adapter(wide), try adapter(KTOLoss()))
    #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a reference that is not the policy of a new adapter ends the run before it learns`() throws {
    let (trainer, adapter) = try trainer(steps: 2)
    for row in 0..<12 { trainer.computation.cache[RowPair(prompt: row, completion: row)] = -20 }
    let error = #expect(throws: TrainingError.self) { _ = try trainer.run() }
    guard case .startsAwayFromReference(let what, _, 0) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(what.hasPrefix("the log-ratio of example example-"))
    #expect(adapter.changesNothing)
  }

  @Test func `an adapter that is continued need not start at the reference`() throws {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try AdapterFolder.read(
      Fixtures.unpacked("tiny_parity/initial_adapter"), for: model.plan)
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples(4)),
      settings: TrainerSettings(
        loss: KTOLoss(), estimator: StepWindow(), maxSteps: 1, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, maxLength: 64),
      identity: .example, now: { 0 }, sink: { _ in })
    _ = try trainer.run()
  }

  @Test(arguments: [1, 2, 4])
  func `a window's z0 and gradient are the same however the step is divided`(batch: Int) throws {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try AdapterFolder.read(
      Fixtures.unpacked("tiny_parity/initial_adapter"), for: model.plan)
    let feed = TrainingFeed(examples(8))
    func step(batch: Int) throws -> (points: [ReferencePoints], gradient: [Float]) {
      let accumulation = 8 / batch
      let plan = BatchPlan(
        rows: feed.rows, order: .sequential, batchSize: batch, accumulation: accumulation, seed: 1)
      var computation = MicrobatchComputation(
        model: model, adapter: adapter, loss: KTOLoss(), estimator: StepWindow(), feed: feed,
        maxLength: 64, isCheckpointed: false)
      let gradients = ParameterSet(adapter.parameters.layout)
      let microbatches = plan.epoch(0)[0]
      try computation.begin(microbatches)
      let points = try microbatches.map {
        try computation.train($0, dropoutSeed: 0, scale: 1 / Double(accumulation), into: gradients)
          .scored.loss.points
      }
      return (points, gradients.values.array)
    }
    let whole = try step(batch: 8)
    let divided = try step(batch: batch)
    #expect(whole.points[0].desirable.count == 8 && whole.points[0].desirable.signed != 0)
    #expect(divided.points.allSatisfy { $0 == whole.points[0] })
    let scale = whole.gradient.map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(zip(whole.gradient, divided.gradient).allSatisfy { abs($0 - $1) <= 1e-6 * max(scale, 1) })
  }

  @Test func `eight rows in one microbatch and one row in eight have the same gradient without z0`() throws {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try AdapterFolder.read(
      Fixtures.unpacked("tiny_parity/initial_adapter"), for: model.plan)
    func gradient(batch: Int, accumulation: Int) throws -> [Float] {
      let feed = TrainingFeed(examples(8))
      let plan = BatchPlan(
        rows: feed.rows, order: .sequential, batchSize: batch, accumulation: accumulation, seed: 1)
      var computation = MicrobatchComputation(
        model: model, adapter: adapter, loss: KTOLoss(), estimator: NoReferencePoint(), feed: feed,
        maxLength: 64,
        isCheckpointed: false)
      let gradients = ParameterSet(adapter.parameters.layout)
      for microbatch in plan.epoch(0)[0] {
        _ = try computation.train(
          microbatch, dropoutSeed: 0, scale: 1 / Double(accumulation), into: gradients)
      }
      return gradients.values.array
    }
    let together = try gradient(batch: 8, accumulation: 1)
    let apart = try gradient(batch: 1, accumulation: 8)
    let scale = together.map(abs).max() ?? 0
    #expect(scale > 0)
    #expect(zip(together, apart).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
  }
}

/// An estimator that keeps something from batch to batch and wants two pairs of each prompt.
private struct RunningMean: ReferencePointEstimator {
  static let name = "running_mean"
  static let summary = "of all pairs so far"

  /// How many pairs, and their sum.
  var state: [Double] = [0, 0]

  init(_ configuration: KTOConfiguration) {}
  init() {}

  func wantedPairs(in microbatch: Microbatch) -> [RowPair] {
    microbatch.rows.flatMap { prompt in microbatch.rows.map { RowPair(prompt: prompt, completion: $0) } }
  }

  mutating func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints {
    state = [state[0] + Double(pairs.count), state[1] + pairs.reduce(0, +)]
    return ReferencePoints(ReferencePoint(logRatios: [state[1] / state[0]]))
  }
}
