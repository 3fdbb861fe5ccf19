import Foundation
import KTOTestSupport
import Testing

struct InitCommandTests {
  private let folder: TemporaryFolder
  private let raw = CommandLineTool.package.appending(path: "data/raw").path
  private let models = CommandLineTool.package.appending(path: "data/models").path

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try CommandLineTool.run(arguments, in: folder.url)
  }

  @Test func `the commands that it ends with run as they are`() throws {
    let result = try run("init", raw, "--cache", models)
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.contains("model: kto-data/tiny-mistral, "))
    let next = try #require(result.output.components(separatedBy: "next:\n").last)
    let commands = next.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(commands.map { $0.hasPrefix("kto-data ") } == [true, true])
    #expect(try run("config", "show", "--config", "kto.yaml").exitCode == 0)
    let prepare = try #require(commands.first).dropFirst("kto-data ".count)
    let prepared = try CommandLineTool.run(shell: "\"$0\" \(prepare)", in: folder.url)
    #expect(prepared.exitCode == 0 && prepared.output.hasSuffix("shards: runs/shards\n"))
  }

  @Test func `a file that is there is replaced only with --force`() throws {
    try folder.write("mine", to: "kto.yaml")
    let refused = try run("init", raw, "--cache", models)
    #expect(refused.error == "kto-data: error: kto.yaml exists already; use --force to replace it\n")
    #expect(refused.exitCode == 2)
    #expect(try folder.text(of: "kto.yaml") == "mine")
    #expect(try run("init", raw, "--cache", models, "--force").exitCode == 0)
  }

  @Test func `with several models or none one must be named`() throws {
    let none = try run("init", raw, "--cache", folder.path)
    #expect(none.exitCode == 2 && none.error.contains("\(folder.path) has no model that can be trained; "))
    for name in ["models--a--one", "models--b--two"] {
      try FileManager.default.copyItem(
        atPath: models + "/models--kto-data--tiny-mistral",
        toPath: folder.path("hub/\(name)").creatingParent())
    }
    let several = try run("init", raw, "--cache", "hub")
    #expect(several.exitCode == 2 && several.error.contains("choose one with --model: a/one, b/two"))
    #expect(
      try run("init", raw, "--cache", "hub", "--model", "b/two", "-o", "-").output.contains("name: b/two"))
  }

  @Test func `without an example that can be used nothing is written`() throws {
    try folder.write(#"{"prompt":"q","completion":"","label":true}"#, to: "rows.jsonl")
    let result = try run("init", "rows.jsonl", "--cache", models)
    #expect(result.exitCode == 1 && result.output == "")
    #expect(result.error.contains("kto-data validate rows.jsonl says what is wrong where"))
    #expect(try folder.names == ["rows.jsonl"])
  }

  @Test func `data with errors is said to have them, with what to do`() throws {
    let rows = [("r", true), ("s", false), ("", true)]
      .map { #"{"prompt":"q","completion":"\#($0.0)","label":\#($0.1)}"# }
    try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    let result = try run("init", "rows.jsonl", "--cache", models)
    #expect(result.exitCode == 0)
    #expect(result.output.contains("kto-data validate --config kto.yaml"))
    #expect(result.output.contains("--quarantine"))
  }
}

extension String {
  /// The path, whose folder is made.
  fileprivate func creatingParent() throws -> String {
    try FileManager.default.createDirectory(
      at: URL(filePath: self).deletingLastPathComponent(), withIntermediateDirectories: true)
    return self
  }
}
