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
      result.output.contains("- accepted                           100  (50 desirable, 50 undesirable)\n"))
    #expect(result.output.hasSuffix("- left out by the label rule           3  (score between the limits)\n"))
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
    #expect(
      result.output == """
        raw.jsonl (trl): 2 records, 1 example, 1 rejected
        records                                2  (1 rejected whole)
        examples                               1
        - accepted                             1  (1 desirable, 0 undesirable)

        """)
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

  @Test func `a pipe is read once, and standard output takes the examples`() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{"prompt":"q","completion":"r","label":true}"#, to: "rows.jsonl")
    let script =
      #"cat rows.jsonl | "$0" ingest - -o - && "$0" ingest <(cat rows.jsonl) /dev/stdin -o - < rows.jsonl"#
    let result = try CommandLineTool.run(shell: script, in: folder.url)
    #expect(result.exitCode == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix(#"{"id":""#) })
    #expect(result.error.contains("standard input (trl): 1 record, 1 example"))
  }

  @Test func `an output that is an input is refused, also with --force`() throws {
    let folder = try TemporaryFolder()
    let text = #"{"prompt":"q","completion":"r","label":true}"#
    try folder.write(text, to: "rows.jsonl")
    let result = try CommandLineTool.run(
      ["ingest", "rows.jsonl", "-o", "./rows.jsonl", "--force"], in: folder.url)
    #expect(result.exitCode == 2)
    #expect(result.error.contains("is also an input"))
    #expect(try String(contentsOf: folder.url.appending(path: "rows.jsonl"), encoding: .utf8) == text)
  }

  @Test func `an output in the folder that is read is left out by the next run`() throws {
    let folder = try TemporaryFolder()
    let text = #"{"prompt":"q","completion":"r","label":true}"#
    try folder.write(text, to: "d/rows.jsonl")
    try folder.write("{\"broken", to: "d/out.jsonl.partial-7")
    for _ in 0..<2 {
      let result = try CommandLineTool.run(["ingest", "d", "-o", "d/out.jsonl", "--force"], in: folder.url)
      #expect(result.exitCode == 0, "\(result.error)")
      #expect(result.output.hasPrefix("d/rows.jsonl (trl): 1 record, 1 example\nrecords "))
    }
    for _ in 0..<2 {
      let result = try CommandLineTool.run(
        ["split", "d/rows.jsonl", "d", "-o", "d/s", "--force"], in: folder.url)
      #expect(result.output.hasPrefix("train: 2 rows"), "\(result.error)")
    }
    let refused = try CommandLineTool.run(
      ["split", "d/s/train.jsonl", "-o", "d/s", "--force"], in: folder.url)
    #expect(refused.exitCode == 2 && refused.error.contains("is also an input"))
    #expect(try folder.text(of: "d/s/train.jsonl").contains(#""label":true"#))
  }

  @Test func `patterns and the home folder are understood in the configuration`() throws {
    let folder = try TemporaryFolder([
      "d/a.jsonl": #"{"prompt":"q","completion":"r","label":true}"#,
      "d/b.jsonl": #"{"prompt":"q","completion":"s","label":false}"#, "d/c.txt": "x",
    ])
    let result = try CommandLineTool.run(
      ["ingest", "--set", #"data.inputs=["~/d/*.jsonl"]"#, "--set", "model.name=m", "-o", "-"],
      in: folder.url,
      environment: ["HOME": folder.path])
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.split(separator: "\n").count == 2)
  }

  @Test func `an export writes what its consumer reads`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["split", raw, "--to", "trl", "-o", "out"], in: folder.url)
    #expect(result.exitCode == 0, "\(result.error)")
    let train = try String(contentsOf: folder.url.appending(path: "out/train.jsonl"), encoding: .utf8)
    #expect(train.hasPrefix(#"{"prompt":[{"role":"#))
    #expect(!train.contains(#""source""#))
  }

  @Test func `a folder without a manifest does not verify`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["verify", "."], in: folder.url)
    #expect(result.error.contains("manifest.json:1:1: error: V01:"))
    #expect(result.exitCode == 1)
  }

  @Test func `a name that promises compressed bytes is refused`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["ingest", raw, "-o", "examples.jsonl.gz"], in: folder.url)
    #expect(result.exitCode == 64)
    #expect(result.error.contains("hint: write to examples.jsonl, and compress it then"))
    #expect(try folder.names == [])
  }

  @Test(arguments: [["validate"], ["ingest", "-o", "-"], ["split", "-o", "splits"]])
  func `in a pipe nothing moves`(command: [String]) throws {
    let folder = try TemporaryFolder()
    let rows = [true, false].map { #"{"prompt":"q","completion":"r\#($0)","label":\#($0)}"# }
    try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    let result = try CommandLineTool.run(command + ["rows.jsonl"], in: folder.url)
    #expect(result.exitCode == 0 && !result.error.contains("\r"))
  }
}
