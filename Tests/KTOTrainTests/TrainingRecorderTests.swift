import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOTrain

struct TrainingRecorderTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private let means = [
    "loss": 0.5, "kl": 0.25, "kl_signed": 0.25, "clamped": 0, "rewards/chosen": 0.01, "logps/chosen": -30,
    "entropy": 1,
  ]

  private func step(_ number: Int) -> TrainingEvent {
    .step(
      StepMetrics(
        StepFacts(
          step: number, epoch: 0.5, gradientNorm: 1, learningRate: 5e-5, totalTokenCount: 100,
          tokenCount: 100, desirableCount: 4, seconds: 2),
        mean: { means[$0.name] }), of: 50, secondsLeft: 96)
  }

  private func recorder(appends: Bool = false) -> TrainingRecorder {
    TrainingRecorder(folder: folder, appends: appends, timestamp: { "T" })
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try readFile(folder + "/" + name), as: UTF8.self)
  }

  @Test func `a step is a line for people and an object with TRL's names`() throws {
    try recorder().record(step(12))
    #expect(
      try text("training.log") == """
        T KTO step 12/50  loss 0.5000  reward desirable +0.0100 (n=4)  undesirable absent (n=0)  \
        KL 0.2500 (signed +0.2500)  50 tokens/s  ETA 1m36s

        """)
    var parser = JSONParser()
    let object = try parser.parse(Array(text("training.jsonl").utf8))
    #expect(object["step"]?.int == 12)
    #expect(object["rewards/chosen"]?.double == 0.01)
    #expect(object["rewards/rejected"] == nil, "a class that was absent has no value")
  }

  @Test func `a resumed run replaces the steps it does again`() throws {
    let first = recorder()
    for number in 1...5 { try first.record(step(number)) }
    let second = recorder(appends: true)
    try second.record(.resumed(step: 3, path: "checkpoint", isMeasured: true))
    try second.record(step(4))
    let steps = try Fixtures.lines(folder + "/training.jsonl").map { $0["step"]?.int }
    #expect(steps == [1, 2, 3, 4])
  }

  private func validation(_ step: Int) -> TrainingEvent {
    .validation(
      ValidationMetrics(step: step, epoch: 1, rowCount: 2, loss: 0.5, seconds: 1, mean: { _ in nil }))
  }

  /// The steps in `training.jsonl`, those of validations as negative numbers.
  private func recorded() throws -> [Int] {
    try Fixtures.lines(folder + "/training.jsonl").map { line in
      (line["step"]?.int ?? 0) * (line["eval_loss"] == nil ? 1 : -1)
    }
  }

  @Test(arguments: [(true, [1, 2, -2, 3]), (false, [1, 2, 3])])
  func `a validation that is measured again is taken out`(isMeasured: Bool, expected: [Int]) throws {
    let first = recorder()
    for event in [step(1), step(2), validation(2), step(3), validation(3)] { try first.record(event) }
    let second = recorder(appends: true)
    try second.record(.resumed(step: 2, path: "checkpoint", isMeasured: isMeasured))
    try second.record(step(3))
    #expect(try recorded() == expected)
  }

  @Test(arguments: [(1, [1, 2, 3]), (2, [1, 2, 3])])
  func `a step that was not recorded is, once`(recordedSteps: Int, expected: [Int]) throws {
    let first = recorder()
    for number in 1...recordedSteps { try first.record(step(number)) }
    guard case .step(let metrics, _, _) = step(2) else { return }
    let second = recorder(appends: true)
    try second.record(.resumed(step: 2, path: "checkpoint", isMeasured: true))
    try second.record(.unrecorded(metrics))
    try second.record(step(3))
    #expect(try recorded() == expected)
  }

  @Test func `a run that begins again leaves no step of the one before`() throws {
    try recorder().record(step(1))
    let second = recorder(appends: true)
    try second.record(.restarted(folder: "f"))
    try second.record(step(1))
    #expect(try recorded() == [1])
  }

  @Test func `a line that a killed run did not end spoils no other`() throws {
    try temporary.write("{\"step\":1}\n{\"step\":2,\"lo", to: "training.jsonl")
    try temporary.write("T half a li", to: "training.log")
    let recorder = recorder(appends: true)
    try recorder.record(.resumed(step: 1, path: "c", isMeasured: true))
    try recorder.record(step(2))
    #expect(try recorded() == [1, 2])
    #expect(try text("training.log").hasPrefix("T half a li\nT Resumed after step 1 from c\n"))
    #expect(try temporary.names == ["training.jsonl", "training.log"])
  }

  @Test func `a run that fails before it trains leaves the earlier logs alone`() throws {
    try recorder().record(step(1))
    let before = try text("training.log")
    try recorder().record(.referenceCreated)
    #expect(try text("training.log") == before)
  }

  @Test func `what came before the first step is in the log when it begins`() throws {
    let recorder = recorder()
    try recorder.record(.referenceCreated)
    try recorder.record(step(1))
    #expect(try text("training.log").hasPrefix("T Creating frozen reference model for KTO...\n"))
  }

  @Test func `only the recorders that are asked for write`() throws {
    let recorder = TrainingRecorder(["jsonl"], folder: folder, appends: false, timestamp: { "T" })
    try recorder.record(step(1))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["training.jsonl"])
  }

  @Test func `a full disk is an error that names the file`() throws {
    try makeDirectory(folder)
    let path = folder + "/training.jsonl"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
    let error = #expect(throws: FileError.self) { try recorder().record(step(1)) }
    guard case .cannotWrite(path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
