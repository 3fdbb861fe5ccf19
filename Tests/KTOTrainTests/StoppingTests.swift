import Foundation
import KTOCore
import KTOData
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

/// Runs that are left before their end, and go on later.
struct StoppingTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func examples(_ count: Int) -> [TokenizedExample] {
    (0..<count).map { index in
      let token = UInt32(10 + 7 * index)
      return TokenizedExample(
        id: "\(index)", group: "\(index)", label: index % 2 == 0, promptIDs: [1, token, token + 1],
        completionIDs: [token + 2, token + 3, token + 4])
    }
  }

  private func trainer(
    in folder: String, validationRows: Int = 0, checkpointSteps: Int = 2, beta: Double = 0.1,
    shouldStop: @escaping () -> Bool = { false }, sink: @escaping (TrainingEvent) throws -> Void = { _ in }
  ) throws -> (trainer: Trainer, adapter: LoRAAdapter) {
    try makeDirectory(temporary.path(folder))
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2, dropout: 0.1), for: model.plan, seed: 1)
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples(12)),
      validation: TrainingFeed(examples(validationRows)),
      settings: TrainerSettings(
        loss: KTOLoss(beta: beta), estimator: MismatchedPairs(), maxSteps: 6, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, maxLength: 64, checkpointSteps: checkpointSteps,
        checkpointFolder: temporary.path(folder)),
      identity: RunIdentity([
        .init("kto.beta", .double(beta)), .init("lora.rank", .integer(2), isFixed: true),
      ]),
      now: { 0 }, shouldStop: shouldStop, sink: sink)
    return (trainer, adapter)
  }

  /// What the whole run leaves: the adapter and the best checkpoint.
  private func expected(validationRows: Int = 0) throws -> (adapter: [Float], best: [UInt8]) {
    let (whole, adapter) = try trainer(in: "whole", validationRows: validationRows)
    _ = try whole.run()
    return (adapter.parameters.values.array, try temporary.bytes(of: "whole/best_checkpoint.npz"))
  }

  private func checkpoint(_ step: Int) -> String {
    CheckpointFile.path(folder: temporary.path("run"), step: step)
  }

  @Test func `a run that is asked to stop saves its step, and the rest ends with the same bytes`() throws {
    var stops = false
    let (first, _) = try trainer(
      in: "run", shouldStop: { stops },
      sink: { if case .step(let metrics, _, _) = $0 { stops = metrics.step == 3 } })
    let summary = try first.run()
    #expect(summary.stop == StopPoint(checkpoint: checkpoint(3)))
    #expect(summary.steps == 3)
    let (rest, adapter) = try trainer(in: "run")
    try rest.resume(from: checkpoint(3))
    #expect(try rest.run().firstStep == 3)
    let (values, best) = try expected()
    #expect(adapter.parameters.values.array == values)
    #expect(try temporary.bytes(of: "run/best_checkpoint.npz") == best)
  }

  @Test func `a run that is asked to stop before its first step has nothing to save`() throws {
    let (run, _) = try trainer(in: "run", shouldStop: { true })
    #expect(try run.run().stop == StopPoint(checkpoint: nil))
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path("run")).isEmpty)
  }

  @Test func `the checkpoint is there before the validation begins`() throws {
    var events: [String] = []
    let (run, _) = try trainer(in: "run", validationRows: 6, sink: { events.append($0.name) })
    _ = try run.run()
    let first = try #require(events.firstIndex(of: "validating"))
    #expect(events[first - 1] == "checkpoint_saved")
    #expect(events.count { $0 == "validation" } == 3)
  }

  @Test(arguments: [2, 6])
  func `a run that is left in a validation measures first when it goes on`(step: Int) throws {
    var stops = false
    let (first, _) = try trainer(
      in: "run", validationRows: 6, shouldStop: { stops },
      sink: { if case .validating(step, _, _, _) = $0 { stops = true } })
    #expect(try first.run().stop == StopPoint(checkpoint: checkpoint(step)))
    var events: [TrainingEvent] = []
    let (rest, adapter) = try trainer(in: "run", validationRows: 6, sink: { events.append($0) })
    try rest.resume(from: checkpoint(step))
    _ = try rest.run()
    #expect(events.first == .resumed(step: step, path: checkpoint(step), isMeasured: false))
    #expect(events.first { $0.name == "validation" || $0.name == "step" }?.name == "validation")
    let (values, best) = try expected(validationRows: 6)
    #expect(adapter.parameters.values.array == values)
    #expect(try temporary.bytes(of: "run/best_checkpoint.npz") == best)
    #expect(
      try temporary.bytes(of: "run/checkpoint_step_6.npz")
        == temporary.bytes(of: "whole/checkpoint_step_6.npz"))
  }

  @Test func `a best checkpoint that a killed run did not write is there after a resume`() throws {
    let (first, _) = try trainer(in: "run")
    _ = try first.run()
    let best = try temporary.bytes(of: "run/best_checkpoint.npz")
    removeFile(temporary.path("run/best_checkpoint.npz"))
    let (rest, _) = try trainer(in: "run")
    try rest.resume(from: checkpoint(6))
    _ = try rest.run()
    #expect(try temporary.bytes(of: "run/best_checkpoint.npz") == best)
  }

  @Test func `what a sink fails at can be repeated after its step`() throws {
    struct DiskIsFull: Error {}
    let (first, _) = try trainer(
      in: "run", validationRows: 6,
      sink: { if case .step(let metrics, _, _) = $0, metrics.step == 4 { throw DiskIsFull() } })
    #expect(throws: TrainingError.self) { try first.run() }
    let (rest, adapter) = try trainer(in: "run", validationRows: 6)
    try rest.resume(from: checkpoint(4))
    _ = try rest.run()
    let (values, best) = try expected(validationRows: 6)
    #expect(adapter.parameters.values.array == values)
    #expect(try temporary.bytes(of: "run/best_checkpoint.npz") == best)
  }

  @Test func `a step whose recording failed is recorded by the run that goes on`() throws {
    struct DiskIsFull: Error {}
    let (first, _) = try trainer(
      in: "run", sink: { if case .step(let metrics, _, _) = $0, metrics.step == 3 { throw DiskIsFull() } })
    #expect(throws: TrainingError.self) { try first.run() }
    var events: [TrainingEvent] = []
    let (rest, _) = try trainer(in: "run", sink: { events.append($0) })
    try rest.resume(from: checkpoint(3))
    guard case .unrecorded(let metrics) = events.last else {
      Issue.record("\(events)")
      return
    }
    #expect(metrics.step == 3 && metrics[.loss] != nil && metrics[.tokenCount] == 72)
    _ = try rest.run()
  }

  @Test func `a key that is allowed to change is warned of, a fixed one stays refused`() throws {
    let (first, _) = try trainer(in: "run")
    _ = try first.run()
    var events: [TrainingEvent] = []
    let (other, _) = try trainer(in: "run", beta: 0.5, sink: { events.append($0) })
    #expect(throws: CheckpointError.self) { try other.resume(from: checkpoint(4)) }
    try other.resume(from: checkpoint(4), allowing: ["kto.beta"])
    #expect(events.last == .warning("kto.beta is 0.1 in the checkpoint and 0.5 here, as allowed"))
    let fixed = RunIdentity([.init("lora.rank", .integer(4), isFixed: true), .init("kto.beta", .double(0.1))])
    #expect(throws: CheckpointError.self) {
      try fixed.changes(
        from: CheckpointFile.identity(of: checkpoint(4)), of: "", allowing: ["lora.rank"])
    }
  }
}
