import Foundation
import KTOCore
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

struct TrainerTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "trainer-\(UUID())").path

  /// Short rows of arbitrary tokens, every other one desirable.
  private func examples(_ count: Int) -> [TrainingExample] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { index in
      TrainingExample(
        id: "example-\(index)", group: "\(index)",
        prompt: [1] + (0..<4).map { _ in UInt32(7 + generator.next(below: 4000)) },
        completion: (0..<6).map { _ in UInt32(7 + generator.next(below: 4000)) }, label: index % 2 == 0)
    }
  }

  private func trainer(
    steps: Int, estimator: ReferencePointEstimator = .mismatchedPairs, examples: [TrainingExample]? = nil,
    validation: [TrainingExample] = [], dropout: Double = 0, checkpointSteps: Int = 2,
    sink: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> (trainer: Trainer, adapter: LoRAAdapter) {
    try makeDirectory(folder)
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2, dropout: dropout), for: model.plan, seed: 1)
    let trainer = try Trainer(
      model: model, adapter: adapter, train: examples ?? self.examples(12), validation: validation,
      settings: TrainerSettings(
        loss: KTOLoss(), estimator: estimator, maxSteps: steps, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, maxSequenceLength: 64, checkpointSteps: checkpointSteps,
        checkpointFolder: folder),
      identity: .example, now: { 0 }, sink: sink)
    return (trainer, adapter)
  }

  private func losses(_ events: [TrainingEvent]) -> [Double] {
    events.compactMap { if case .step(let metrics, _, _) = $0 { metrics.loss } else { nil } }
  }

  @Test func `a new adapter starts at the reference: loss one half, rewards zero`() throws {
    var events: [TrainingEvent] = []
    let (trainer, _) = try trainer(steps: 1, sink: { events.append($0) })
    _ = try trainer.run()
    guard case .step(let metrics, _, _) = events.first(where: { $0.name == "step" }) else {
      Issue.record("no step was reported")
      return
    }
    #expect(abs(metrics.loss - 0.5) < 1e-6)
    // The two passes pack their rows differently, so sums differ in their last bits.
    #expect(abs(metrics.rewardsChosen ?? 1) < 1e-4 && abs(metrics.rewardsRejected ?? 1) < 1e-4)
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

  @Test func `a checkpoint of another run is refused by what differs`() throws {
    let (first, _) = try trainer(steps: 2)
    _ = try first.run()
    var identity = RunIdentity.example
    identity.seed = 7
    let layout = try trainer(steps: 2).adapter.parameters.layout
    var state = TrainingState(
      adapter: ParameterSet(layout), generator: SeededGenerator(seed: 1), identity: identity)
    let path = CheckpointFile.path(folder: folder, step: 2)
    #expect(
      throws: CheckpointFile.Failure.differs(path: path, key: "seed", checkpoint: "42", run: "7")
    ) { try CheckpointFile.read(path, into: &state) }
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
      if case .validation(_, let loss, _) = event { loss } else { nil }
    }
    #expect(validation.count == 2)
    #expect(summary.bestLoss == validation.min())
    #expect(FileManager.default.fileExists(atPath: CheckpointFile.bestPath(folder: folder)))
  }

  @Test func `a batch of one class falls back to cross-entropy with a warning`() throws {
    var events: [TrainingEvent] = []
    let desirable = examples(8).filter(\.label)
    let (trainer, _) = try trainer(
      steps: 1, estimator: .oppositeClass(homogeneous: .crossEntropy), examples: desirable,
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
    #expect(throws: TrainingError.batchTooSmall(batchSize: 1)) {
      _ = try Trainer(
        model: model, adapter: adapter, train: examples(4),
        settings: TrainerSettings(
          loss: KTOLoss(), estimator: .mismatchedPairs, maxSteps: 1, batchSize: 1, accumulation: 1,
          learningRate: 1e-3, maxSequenceLength: 64),
        identity: .example, now: { 0 }, sink: { _ in })
    }
  }

  @Test func `eight rows in one microbatch and one row in eight have the same gradient without z0`() throws {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try AdapterFolder.read(
      Fixtures.unpacked("tiny_parity/initial_adapter"), for: model.plan)
    func gradient(batch: Int, accumulation: Int) throws -> [Float] {
      let rows = examples(8)
      let plan = BatchPlan(
        rows: rows.indices.map { .init(label: rows[$0].label, promptKey: $0, completionKey: $0) },
        order: .sequential, batchSize: batch, accumulation: accumulation, seed: 1)
      var computation = MicrobatchComputation(
        model: model, adapter: adapter, loss: KTOLoss(), estimator: .none, examples: rows, limit: 64,
        isCheckpointed: false)
      let gradients = ParameterSet(adapter.parameters.layout)
      var metrics = MetricsAccumulator()
      for microbatch in plan.epoch(0)[0] {
        _ = try computation.train(
          microbatch, dropoutSeed: 0, scale: 1 / Double(accumulation), into: gradients, metrics: &metrics)
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
