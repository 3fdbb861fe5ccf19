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
