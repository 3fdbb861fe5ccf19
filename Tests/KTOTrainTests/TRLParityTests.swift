import KTOCore
import KTOData
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

/// Five optimizer steps of TRL 1.16 on the embedded model, made by `Tests/Oracles/make_tiny_goldens.py`: one-class
/// microbatches, a clamped reference point, active clipping, truncation and a tail of one row are among them.
struct TRLParityTests {
  private let folder: String

  init() throws { folder = try Fixtures.unpacked("tiny_parity") }

  private func run() throws -> (steps: [StepMetrics], adapter: LoRAAdapter) {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 2))
    let adapter = try AdapterFolder.read(folder + "/initial_adapter", for: model.plan)
    let examples = try Fixtures.lines(folder + "/dataset.jsonl").enumerated().map { index, line in
      TokenizedExample(
        id: "\(index)", group: "\(index)", label: try #require(line["label"]?.bool as Bool?),
        promptIDs: Fixtures.tokens(line["prompt_ids"]), completionIDs: Fixtures.tokens(line["completion_ids"])
      )
    }
    var steps: [StepMetrics] = []
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples),
      settings: TrainerSettings(
        loss: KTOLoss(), estimator: MismatchedPairs(), maxSteps: 5, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, order: .sequential, maxLength: 384),
      identity: .example, now: { 0 },
      sink: { if case .step(let metrics, _, _) = $0 { steps.append(metrics) } })
    _ = try trainer.run()
    return (steps, adapter)
  }

  @Test func `every logged number of five steps is TRL's within a thousandth`() throws {
    let expected = try Fixtures.lines(folder + "/metrics.jsonl")
    let (steps, _) = try run()
    try #require(steps.count == expected.count)
    for (step, line) in zip(steps, expected) {
      let ours = JSONNode(step.json)
      for member in try #require(line.object).members where member.key != "step_seconds" {
        let theirs = try #require(member.node.double)
        let value = try #require(ours[member.key]?.double, "\(member.key) at step \(step.step)")
        #expect(
          abs(value - theirs) <= max(1e-3 * abs(theirs), 1e-4),
          "\(member.key) at step \(step.step): \(value), TRL \(theirs)")
      }
    }
  }

  @Test func `the adapter after five steps is TRL's, next to how far it moved`() throws {
    let (_, adapter) = try run()
    let plan = try ModelPlan(folder: Fixtures.tinyModel)
    let expected = try AdapterFolder.read(folder + "/final_adapter", for: plan)
    let initial = try AdapterFolder.read(folder + "/initial_adapter", for: plan)
    let context = ComputeContext(threadCount: 1)
    let (ours, theirs) = (adapter.parameters.values.array, expected.parameters.values.array)
    let start = initial.parameters.values.array
    func norm(_ values: [Float]) -> Double {
      context.norm(Matrix(values, rows: 1, columns: values.count))
    }
    let distance = norm(zip(ours, theirs).map { $0 - $1 })
    let movement = norm(zip(theirs, start).map { $0 - $1 })
    #expect(distance < 1e-2 * movement, "distance \(distance), movement \(movement)")
  }
}

extension RunIdentity {
  static let example = RunIdentity([
    Member("kto.beta", .double(0.1)), Member("training.seed", .integer(42)),
    Member("data.root", .string("data")),
  ])
}
