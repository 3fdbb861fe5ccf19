import Foundation
import KTOTestSupport
import Testing

struct DataCommandTests {
  private let raw = CommandLineTool.package.appendingPathComponent("data/raw").path

  @Test func `the sample conversations become 50 desirable and 50 undesirable examples`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["ingest", raw, "-o", "examples.jsonl"], in: folder.url)
    #expect(result.error == "")
    #expect(
      result.output.hasSuffix(
        "examples.jsonl: 100 examples: 50 desirable, 50 undesirable; 3 left out by the label rule\n"))
    #expect(result.exitCode == 0)
  }

  @Test func `what can be read of a broken file is written, and the exit code is 1`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      {"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}], "label": true}
      {"prompt": [{"role": "user", "content": "a"}], "completion": [{"role": "assistant", "content": "b"}], "label": -1}
      """, to: "raw.jsonl")
    let result = try CommandLineTool.run(["ingest", "raw.jsonl", "-o", "examples.jsonl"], in: folder.url)
    #expect(result.error.hasPrefix("raw.jsonl:2:"))
    #expect(result.error.contains("error: E01:"))
    #expect(result.output.hasSuffix("1 examples: 1 desirable, 0 undesirable; 1 errors\n"))
    #expect(result.exitCode == 1)
  }

  @Test func `an output that exists is replaced only with --force`() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "examples.jsonl")
    let refused = try CommandLineTool.run(["ingest", raw, "-o", "examples.jsonl"], in: folder.url)
    #expect(
      refused.error == "kto-data: error: examples.jsonl exists already; use --force to replace it\n")
    #expect(refused.exitCode == 2)
    let forced = try CommandLineTool.run(["ingest", raw, "-o", "examples.jsonl", "--force"], in: folder.url)
    #expect(forced.exitCode == 0)
  }

  @Test func `a split reaches the shares and the balance, and a second one gives the same bytes`() throws {
    let folder = try TemporaryFolder()
    _ = try CommandLineTool.run(["ingest", raw, "-o", "examples.jsonl"], in: folder.url)
    for name in ["one", "two"] {
      let result = try CommandLineTool.run(
        ["split", "examples.jsonl", "--balance", "50/50", "--ratios", "80/20", "-o", name], in: folder.url)
      #expect(result.output.hasPrefix("train: 80 rows (80.0%, asked 80%)"))
      #expect(result.exitCode == 0)
    }
    for file in ["train.jsonl", "validation.jsonl", "split.json"] {
      let files = try ["one", "two"].map {
        try Data(contentsOf: folder.url.appendingPathComponent("\($0)/\(file)"))
      }
      #expect(files[0] == files[1])
    }
  }

  @Test func `a folder without a manifest does not verify`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["verify", "."], in: folder.url)
    #expect(result.error.contains("manifest.json:1:1: error: V01:"))
    #expect(result.exitCode == 1)
  }
}
