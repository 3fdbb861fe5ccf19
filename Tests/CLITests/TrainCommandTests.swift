import Foundation
import KTOTestSupport
import Testing

/// From raw conversations to an adapter, by the binary.
struct TrainCommandTests {
  private static let model = "data/models/models--kto-data--tiny-mistral"

  /// A folder with the embedded model's network and template, and another file for its tokenizer.
  private func model(tokenizer name: String, _ content: Data, in folder: TemporaryFolder) throws {
    let source = CommandLineTool.package.appending(path: Self.model)
    let commit = try String(contentsOf: source.appending(path: "refs/main"), encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let target = folder.url.appending(path: "model")
    try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    for file in [
      "config.json", "chat_template.jinja", "generation_config.json", "model.safetensors",
      "tokenizer_config.json",
    ] {
      let url = source.appending(path: "snapshots/\(commit)/\(file)").resolvingSymlinksInPath()
      try FileManager.default.copyItem(at: url, to: target.appending(path: file))
    }
    try content.write(to: target.appending(path: name))
  }

  private func run(
    _ command: String, in folder: TemporaryFolder, _ more: [String], options: [String] = []
  ) throws -> CommandLineTool.Result {
    let configuration = CommandLineTool.package.appending(path: "config/config_test_kto.yaml").path
    let settings = [
      "data.inputs=[\(CommandLineTool.package.appending(path: "data/raw/sharegpt.json").path)]",
      "data.balance=none", "data.shards=shards", "training.max_steps=2", "training.checkpoint_steps=1",
      "output.logs=logs", "output.checkpoints=checkpoints", "output.final_model=final",
    ]
    return try CommandLineTool.run(
      [command, "--config", configuration] + options + (settings + more).flatMap { ["--set", $0] },
      in: folder.url)
  }

  @Test(arguments: ["tekken.json", "tokenizer.model"])
  func `a model with another kind of tokenizer file goes from prepare to an adapter`(name: String) throws {
    let fixtures = CommandLineTool.package.appending(path: "Tests/Fixtures/formats")
    let content =
      name == "tekken.json"
      ? try Data(contentsOf: fixtures.appending(path: "small.tekken.json"))
      : try #require(
        Data(
          base64Encoded: Data(contentsOf: fixtures.appending(path: "llama.model.base64")),
          options: .ignoreUnknownCharacters))
    let folder = try TemporaryFolder()
    try model(tokenizer: name, content, in: folder)
    let settings = ["model.name=model", "model.max_seq_length=2000"]
    let prepared = try run("prepare", in: folder, settings)
    #expect(prepared.exitCode == 0, "\(prepared.output)\n\(prepared.error)")
    let trained = try run("train", in: folder, settings)
    #expect(trained.exitCode == 0, "\(trained.error)")
    let adapter = folder.url.appending(path: "final/lora_adapters.npz")
    #expect(FileManager.default.fileExists(atPath: adapter.path))
  }

  @Test func `a run resumes from the cache's model with more steps, but not with another loss`() throws {
    let folder = try TemporaryFolder()
    let cache = CommandLineTool.package.appending(path: "data/models").path
    let settings = ["model.name=kto-data/tiny-mistral"]
    let prepared = try run("prepare", in: folder, settings, options: ["--cache", cache])
    #expect(prepared.exitCode == 0, "\(prepared.error)")
    let first = try run("train", in: folder, settings, options: ["--cache", cache])
    #expect(first.exitCode == 0, "\(first.error)")

    let other = try run(
      "train", in: folder, settings + ["kto.beta=0.5", "training.seed=7"],
      options: ["--cache", cache, "--resume"])
    #expect(other.exitCode == 2)
    #expect(
      other.error.contains(
        "training.seed is 42 in the checkpoint and 7 here; kto.beta is 0.1 in the checkpoint and 0.5 here"))

    let longer = try run(
      "train", in: folder, settings + ["training.max_steps=3", "output.recorders=[jsonl]"],
      options: ["--cache", cache, "--resume"])
    #expect(longer.exitCode == 0, "\(longer.error)")
    let steps = try String(contentsOf: folder.url.appending(path: "logs/training.jsonl"), encoding: .utf8)
    #expect(steps.split(separator: "\n").count == 3)
  }
}
