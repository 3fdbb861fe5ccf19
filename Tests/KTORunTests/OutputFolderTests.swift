import KTOCore
import KTOHub
import KTOTestSupport
import KTOTrain
import Testing

@testable import KTORun

/// What runs do with each other's outputs.
struct OutputFolderTests {
  private let temporary: TemporaryFolder
  private let model = ModelFolder(path: "/m", name: "m", revision: "main", commit: nil)

  init() throws { temporary = try TemporaryFolder() }

  private var output: OutputConfiguration {
    var output = OutputConfiguration()
    (output.logs, output.checkpoints) = (temporary.path("logs"), temporary.path("checkpoints"))
    output.finalModel = temporary.path("final")
    return output
  }

  private func identity(_ beta: Double) -> RunIdentity { RunIdentity([.init("kto.beta", .double(beta))]) }

  /// Files that an earlier run left.
  private func leave(_ names: String..., by identity: RunIdentity?) throws {
    for name in names { try temporary.write("x", to: name) }
    guard let identity else { return }
    let folders = try OutputFolders(output)
    defer { folders.unlock() }
    try folders.write(RunRecord(identity: identity, model: model))
  }

  private func replaced(
    byResuming identity: RunIdentity, from origin: RunIdentity?, isAtCheckpoint: Bool = true,
    force: Bool = false
  ) throws -> [String] {
    let folders = try OutputFolders(output)
    defer { folders.unlock() }
    return try EarlierOutput(folders).replaced(
      byResuming: identity, from: origin.flatMap { JSONNode($0.json).object }, isAtCheckpoint: isAtCheckpoint,
      force: force)
  }

  private func replaced(by identity: RunIdentity, force: Bool = false) throws -> [String] {
    let folders = try OutputFolders(output)
    defer { folders.unlock() }
    return try EarlierOutput(folders).replaced(by: identity, force: force)
  }

  @Test func `a folder takes one run at a time`() throws {
    let first = try OutputFolders(output)
    let error = #expect(throws: TrainingError.self) { _ = try OutputFolders(output) }
    guard case .folderInUse(temporary.path("logs"), .some) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    first.unlock()
    try OutputFolders(output).unlock()
    #expect(try TemporaryFolder.names(in: temporary.path("logs")).isEmpty)
  }

  @Test func `one folder may have all outputs`() throws {
    var output = output
    (output.checkpoints, output.finalModel) = (output.logs, output.logs + "/.")
    try OutputFolders(output).unlock()
  }

  @Test func `a folder that cannot be written to is named`() throws {
    try temporary.write("", to: "logs")
    #expect(throws: FileError.self) { _ = try OutputFolders(output) }
  }

  @Test func `what a killed run did not write to its end goes, other files stay`() throws {
    try leave(
      "checkpoints/checkpoint_step_2.npz.partial-77", "checkpoints/best_checkpoint.npz.partial-77.aB1",
      "logs/training.jsonl.partial-1", "final/lora_adapters.npz.partial-5", "final/run.json.partial-5",
      "final/notes.partial-5", by: nil)
    try OutputFolders(output).unlock()
    #expect(try TemporaryFolder.names(in: temporary.path("checkpoints")).isEmpty)
    #expect(try TemporaryFolder.names(in: temporary.path("logs")).isEmpty)
    #expect(try TemporaryFolder.names(in: temporary.path("final")) == ["notes.partial-5"])
  }

  @Test(arguments: [
    "logs/training.jsonl", "logs/training.log", "checkpoints/best_checkpoint.npz",
    "checkpoints/checkpoint_step_3.npz", "final/lora_adapters.npz", "final/adapter_model.safetensors",
    "final/adapter_config.json",
  ])
  func `a new run replaces an output only where it is told to`(name: String) throws {
    try leave(name, by: nil)
    let path = temporary.path(name)
    #expect(throws: TrainingError.outputExists(path: path, isResumable: false)) {
      try replaced(by: identity(0.1))
    }
    #expect(try replaced(by: identity(0.1), force: true) == [path])
  }

  @Test func `a run that was killed before its first checkpoint can be gone on with`() throws {
    try leave("logs/training.jsonl", by: identity(0.1))
    let path = temporary.path("logs/training.jsonl")
    #expect(throws: TrainingError.outputExists(path: path, isResumable: true)) {
      try replaced(by: identity(0.1))
    }
    #expect(throws: TrainingError.outputExists(path: path, isResumable: false)) {
      try replaced(by: identity(0.5))
    }
    #expect(try replaced(byResuming: identity(0.1), from: identity(0.1), isAtCheckpoint: false).isEmpty)
  }

  @Test func `a resumed run goes on in its own folders, not in another run's`() throws {
    try leave("logs/training.jsonl", "final/lora_adapters.npz", by: identity(0.1))
    #expect(try replaced(byResuming: identity(0.1), from: identity(0.1)).isEmpty)
    #expect(try replaced(byResuming: identity(0.5), from: identity(0.1)).isEmpty, "an allowed change")
    let path = temporary.path("logs/training.jsonl")
    #expect(throws: TrainingError.outputOfAnotherRun(path: path)) {
      try replaced(byResuming: identity(0.5), from: identity(0.5))
    }
    #expect(
      try replaced(byResuming: identity(0.5), from: identity(0.5), force: true)
        == [path, temporary.path("final/lora_adapters.npz")])
  }

  @Test func `a run that came to its end without a checkpoint is not trained again by mistake`() throws {
    try leave("final/lora_adapters.npz", by: identity(0.1))
    #expect(
      throws: TrainingError.outputExists(path: temporary.path("final/lora_adapters.npz"), isResumable: false)
    ) { try replaced(byResuming: identity(0.1), from: identity(0.1), isAtCheckpoint: false) }
  }

  @Test func `a disk without room is found before the run`() throws {
    let folders = try OutputFolders(output)
    defer { folders.unlock() }
    try folders.requireRoom(parameterCount: 1000)
    let error = #expect(throws: TrainingError.self) { try folders.requireRoom(parameterCount: 1 << 50) }
    guard case .diskFull(temporary.path("checkpoints"), _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

extension TemporaryFolder {
  fileprivate static func names(in path: String) throws -> [String] { try folderEntries(path).map(\.name) }
}
