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
    #expect(other.error.contains("--allow-changes training.seed,kto.beta"))

    let longer = try run(
      "train", in: folder, settings + ["training.max_steps=3", "output.recorders=[jsonl]"],
      options: ["--cache", cache, "--resume"])
    #expect(longer.exitCode == 0, "\(longer.error)")
    let steps = try String(contentsOf: folder.url.appending(path: "logs/training.jsonl"), encoding: .utf8)
    #expect(steps.split(separator: "\n").count == 3)
  }

  /// A prepared folder for runs of the embedded model that a line of bash starts: `$0 train $run`, where `$run` names the
  /// configuration and every output.
  private func prepared() throws -> (folder: TemporaryFolder, line: String) {
    let folder = try TemporaryFolder()
    let model = CommandLineTool.package.appending(path: Self.model).path
    let prepared = try run("prepare", in: folder, ["model.name=\(model)"])
    #expect(prepared.exitCode == 0, "\(prepared.error)")
    let configuration = CommandLineTool.package.appending(path: "config/config_test_kto.yaml").path
    let settings = [
      "model.name=\(model)", "data.shards=shards", "training.threads=1", "output.logs=logs",
      "output.checkpoints=checkpoints", "output.final_model=final",
    ]
    let words = ["--config", configuration] + settings.flatMap { ["--set", $0] }
    return (folder, "run='\(words.joined(separator: " "))'; ")
  }

  @Test func `plan says how long a run takes and writes nothing`() throws {
    let (folder, line) = try prepared()
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let planned = try CommandLineTool.run(
      shell: line + "$0 plan $run --set training.max_steps=7 --json", in: folder.url)
    #expect(planned.exitCode == 0, "\(planned.error)")
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(planned.output.utf8)) as? [String: Any])
    #expect(object["steps"] as? Int == 7)
    let (training, total) = (object["training_seconds"] as? Double, object["total_seconds"] as? Double)
    #expect(training ?? 0 > 0 && total ?? 0 >= training ?? 0)
    #expect((object["peak_memory_bytes"] as? Int ?? 0) > 10 << 20)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test(arguments: [("INT", 130), ("TERM", 143)])
  func `a signal ends a run after its step, with a checkpoint and the command that goes on`(
    signal: String, code: Int32
  ) throws {
    let (folder, line) = try prepared()
    let stopped = try CommandLineTool.run(
      shell: line + """
        "$0" train $run --set training.max_steps=100000 > out.txt & p=$!
        until grep -q 'KTO step 2/' out.txt || ! kill -0 $p; do sleep 0.01; done
        kill -\(signal) $p; wait $p
        """, in: folder.url)
    #expect(stopped.exitCode == code)
    #expect(stopped.error.contains("go on with: "))
    #expect(stopped.error.hasSuffix(" --set training.max_steps=100000 --resume\n"))
    let output = try folder.text(of: "out.txt")
    let step = try #require(output.split(separator: "\n").last?.split(separator: " ").dropFirst(3).first)
    #expect(output.contains("Stopped after step \(step) of 100000"))
    #expect(FileManager.default.fileExists(atPath: folder.path("checkpoints/checkpoint_step_\(step).npz")))
    #expect(!FileManager.default.fileExists(atPath: folder.path("checkpoints/.train.lock")))
  }

  @Test func `a run that was killed before its first checkpoint begins again with --resume`() throws {
    let (folder, line) = try prepared()
    let refused = try CommandLineTool.run(
      shell: line + """
        "$0" train $run --set training.max_steps=100000 --set training.checkpoint_steps=0 > out.txt & p=$!
        until grep -q 'KTO step 2/' out.txt || ! kill -0 $p; do sleep 0.01; done
        kill -9 $p; wait $p 2> /dev/null; "$0" train $run
        """, in: folder.url)
    #expect(refused.exitCode == 2)
    #expect(refused.error.contains("exists already; go on from it with --resume, or replace it with --force"))
    let resumed = try CommandLineTool.run(
      shell: line + "\"$0\" train $run --resume --set training.max_steps=2", in: folder.url)
    #expect(resumed.exitCode == 0, "\(resumed.error)")
    #expect(
      resumed.output.contains("No checkpoint to resume from in checkpoints: starting from the beginning"))
    #expect(try folder.text(of: "logs/training.jsonl").split(separator: "\n").count == 2)
  }

  @Test func `a log that cannot be written ends the run with a checkpoint of its last step`() throws {
    let (folder, line) = try prepared()
    // Nothing may be written behind the first 400 KiB of a file, as if the disk were full there.
    let result = try CommandLineTool.run(
      shell: line + """
        "$0" train $run --set training.max_steps=2 --set training.checkpoint_steps=1 > /dev/null || exit 9
        head -c 405000 /dev/zero | tr '\\0' '\\n' >> logs/training.log
        trap '' XFSZ; ulimit -f 400
        "$0" train $run --set training.max_steps=100000 --resume > /dev/null
        """, in: folder.url)
    #expect(result.exitCode == 2)
    #expect(result.error.contains("cannot write logs/training.log: "))
    #expect(result.error.contains("; the last checkpoint is checkpoints/checkpoint_step_"))
    #expect(result.error.contains("go on with --resume"))
    #expect(result.error.split(separator: "\n").count == 1)
  }

  @Test func `what a run cannot do is said before the model is loaded`() throws {
    let (folder, line) = try prepared()
    for (options, message) in [
      ("--set kto.kl_estimator=trl --set training.per_device_batch_size=1", "kl_estimator trl needs"),
      ("--set output.logs=/proc/logs", "cannot write /proc/logs"),
      ("--set training.learning_rate=0", "training.learning_rate must be a number above 0"),
      ("--resume --allow-changes lora.rank", "--allow-changes: lora.rank is not one of"),
    ] {
      let result = try CommandLineTool.run(shell: line + "\"$0\" train $run " + options, in: folder.url)
      #expect(result.exitCode != 0)
      #expect(result.error.contains(message), "\(result.error)")
      #expect(!result.output.contains("Model loaded"))
    }
  }
}
