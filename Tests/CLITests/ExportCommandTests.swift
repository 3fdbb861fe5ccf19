import Foundation
import KTOTestSupport
import Testing

struct ExportCommandTests {
  private let raw = CommandLineTool.package.appendingPathComponent("data/raw").path
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String..., environment: [String: String] = [:]) throws
    -> CommandLineTool.Result
  {
    try CommandLineTool.run(arguments, in: folder.url, environment: environment)
  }

  @Test func `the parts of a split are kept, and what is lost is named with counts`() throws {
    _ = try run("split", raw, "--ratios", "80/20", "-o", "splits")
    let result = try run("export", "splits", "--to", "trl", "-o", "out")
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(
      result.output.hasSuffix(
        """
        train: 80 rows, 40 desirable, 40 undesirable
        validation: 20 rows, 10 desirable, 10 undesirable
        not written, since trl has no place for it: groups (100), ids (100), places in the source (100), metadata (14)
        files: train.jsonl, validation.jsonl

        """))
    #expect(try folder.text(of: "out/validation.jsonl").split(separator: "\n").count == 20)
  }

  @Test func `examples that a form cannot hold are counted, and the exit code is 1`() throws {
    let result = try run("export", raw, "--to", "trl-text", "-o", "out")
    #expect(result.exitCode == 1)
    #expect(
      result.output.contains(
        "left out: 14 examples, since trl-text cannot hold more than one question and one answer\n"))
  }

  @Test func `a data set folder comes back with its splits`() throws {
    _ = try run("split", raw, "--ratios", "80/20", "-o", "splits")
    #expect(try run("export", "splits", "--to", "hf", "-o", "dataset").exitCode == 0)
    let result = try run("import-hf", "dataset", "-o", "imported")
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.contains("dataset/README.md\ntrain: 80 rows (80.0%)"))
    func ids(_ name: String) throws -> [Substring] {
      try folder.text(of: name).split(separator: "\n").compactMap {
        $0.split(separator: "\"").dropFirst(2).first
      }
    }
    #expect(try ids("imported/train.jsonl") == ids("splits/train.jsonl"))
    #expect(
      try run("export", "dataset", "--to", "openai", "-o", "out").output.contains("validation: 20 rows"))
  }

  @Test func `an export that exists is replaced only with --force`() throws {
    _ = try run("export", raw, "--to", "openai", "-o", "out")
    let refused = try run("export", raw, "--to", "openai", "-o", "out")
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == "kto-data: error: out/kto-export.json exists already; use --force to replace it\n")
    #expect(try run("export", raw, "--to", "openai", "-o", "out", "--force").exitCode == 0)
  }

  @Test func `a folder that is also an input is refused`() throws {
    _ = try run("split", raw, "-o", "splits")
    let result = try run("export", "splits", "--to", "examples", "-o", "splits", "--force")
    #expect(result.exitCode == 2)
    #expect(result.error.contains("is also an input"))
    #expect(try folder.text(of: "splits/train.jsonl").contains(#""label":true"#))
  }

  @Test func `without DuckDB's library a message names KTO_DUCKDB, and nothing is touched`() throws {
    let environment = ["KTO_DUCKDB": "/nowhere/libduckdb.so"]
    let result = try run("export", raw, "--to", "parquet", "-o", "out", environment: environment)
    #expect(result.exitCode == 2)
    #expect(result.error.contains("/nowhere/libduckdb.so"))
    #expect(result.error.contains("let KTO_DUCKDB name it"))
    #expect(try folder.names(of: "out") == [])
    try folder.write(Array("PAR1".utf8), to: "a.parquet")
    let read = try run("validate", "a.parquet", environment: environment)
    #expect(read.exitCode == 1 && read.error.contains("KTO_DUCKDB"))
    #expect(try run("doctor", environment: environment).output.contains("! DuckDB"))
  }

  /// Where `KTO_DUCKDB` names the library.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["KTO_DUCKDB"] != nil),
    arguments: ["parquet", "hf-parquet"])
  func `Parquet that was written is read`(form: String) throws {
    #expect(try run("export", raw, "--to", form, "-o", "out").exitCode == 0)
    let result = try run("validate", "out")
    #expect(
      result.output.contains("- accepted                           100  (50 desirable, 50 undesirable)"))
  }
}

extension TemporaryFolder {
  fileprivate func names(of name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }
}
