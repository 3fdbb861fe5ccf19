import KTOCore
import KTOData
import KTOHub
import KTOModels
import KTOTestSupport
import KTOTrain
import Testing

@testable import KTORun

/// Adapters as users name them.
struct AdapterSourceTests {
  private let temporary: TemporaryFolder
  private let model: ModelFolder
  private let plan: ModelPlan
  private let adapter: LoRAAdapter

  init() throws {
    temporary = try TemporaryFolder()
    model = ModelFolder(path: try Fixtures.tinyModel, name: "org/tiny", revision: "main", commit: nil)
    plan = try ModelPlan(folder: model.path)
    adapter = try LoRAAdapter(AdapterShape(rank: 2, alpha: 3), for: plan, seed: 5)
    try AdapterFolder.write(
      adapter, for: AdaptedModel(name: "org/tiny", revision: nil, plan: plan), to: temporary.path("final"),
      force: true)
    var configuration = RunConfiguration()
    (configuration.lora.rank, configuration.lora.alpha) = (2, 3)
    configuration.model.name = "org/tiny"
    let state = TrainingState(
      adapter: adapter.parameters, generator: SeededGenerator(seed: 1),
      identity: RunIdentity(configuration, dataRoot: "r", modelCommit: nil))
    try makeDirectory(temporary.path("checkpoints"))
    try CheckpointFile.write(state, to: temporary.path("checkpoints/best_checkpoint.npz"))
  }

  @Test(arguments: [
    "final", "final/lora_adapters.npz", "final/adapter_model.safetensors", "final/adapter_config.json",
    "final/adapters.safetensors", "checkpoints/best_checkpoint.npz",
  ])
  func `a folder, each of its files and a checkpoint are the same adapter`(name: String) throws {
    let source = try AdapterSource(temporary.path(name))
    let read = try source.adapter(for: plan, of: model)
    #expect(read.shape == adapter.shape)
    for tensor in adapter.parameters.layout.tensors {
      #expect(read.parameters.array(tensor.name) == adapter.parameters.array(tensor.name))
    }
    #expect(source.warnings(for: model).isEmpty)
  }

  @Test func `a folder of checkpoints says which one could be named`() throws {
    let (folder, best) = (temporary.path("checkpoints"), temporary.path("checkpoints/best_checkpoint.npz"))
    #expect(throws: AdapterError.severalCheckpoints(folder: folder, example: best)) {
      _ = try AdapterSource(folder)
    }
  }

  @Test func `arrays without a configuration beside them are refused`() throws {
    try temporary.copy(temporary.path("final/lora_adapters.npz"), to: "alone/lora_adapters.npz")
    let error = #expect(throws: AdapterError.self) {
      _ = try AdapterSource(temporary.path("alone/lora_adapters.npz"))
    }
    guard case .noConfiguration = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `an adapter that fits a model of another name is warned of`() throws {
    let other = ModelFolder(path: temporary.path, name: "org/other", revision: "main", commit: nil)
    #expect(
      try AdapterSource(temporary.path("final")).warnings(for: other)
        == ["\(temporary.path("final")) was trained on org/tiny, not on org/other"])
  }

  @Test func `a snapshot is the same model by its folder and by its name in the cache`() throws {
    let commit = String(repeating: "a", count: 40)
    try AdapterFolder.write(
      adapter, for: AdaptedModel(name: "org/tiny", revision: commit, plan: plan),
      to: temporary.path("cached"), force: true)
    let source = try AdapterSource(temporary.path("cached"))
    func warnings(_ path: String, commit: String?) -> [String] {
      source.warnings(for: ModelFolder(path: path, name: path, revision: "main", commit: commit))
    }
    #expect(warnings("/hub/snapshots/\(commit)", commit: nil).isEmpty)
    #expect(warnings("/hub/snapshots/\(commit)", commit: commit).isEmpty)
    #expect(warnings("/elsewhere", commit: nil).count == 1)
    #expect(warnings("/hub", commit: String(repeating: "b", count: 40)).count == 1)
  }

  @Test func `an adapter knows the folder that it lies in`() throws {
    for (name, folder) in [
      ("final", "final"), ("final/lora_adapters.npz", "final"),
      ("checkpoints/best_checkpoint.npz", "checkpoints"),
    ] {
      let source = try AdapterSource(temporary.path(name))
      #expect(source.isIn(temporary.path(folder) + "/."))
      #expect(!source.isIn(temporary.path))
    }
  }

  @Test func `an adapter whose tensors the model does not call for is refused with both models' names`()
    throws
  {
    let file = "final/adapter_config.json"
    let text = try temporary.text(of: file).replacing("\"r\": 2", with: "\"r\": 4")
      .replacing("org/tiny", with: "org/big")
    try temporary.write(text, to: file)
    let error = #expect(throws: AdapterError.self) {
      try AdapterSource(temporary.path("final")).adapter(for: plan, of: model)
    }
    #expect(error?.description.contains("does not fit the model org/tiny") == true)
    #expect(error?.description.hasSuffix("it was trained on org/big") == true)
  }
}
