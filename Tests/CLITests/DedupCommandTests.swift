import Foundation
import KTOTestSupport
import Testing

struct DedupCommandTests {
  private let raw = CommandLineTool.package.appendingPathComponent("data/raw").path
  private let rows = """
    {"prompt": "What is the capital of France?", "completion": "Paris", "label": true}
    {"prompt": "what is  the capital of france?", "completion": "Paris", "label": true}
    {"prompt": "What is the capital of France?", "completion": "Lyon", "label": false}

    """

  @Test func `what is left is written, each match is named, and the report counts them`() throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    let result = try CommandLineTool.run(
      ["dedup", "rows.jsonl", "-o", "out.jsonl", "--matches", "matches.jsonl"], in: folder.url)
    #expect(result.error == "")
    #expect(result.output.contains("- normalized duplicates                1\n"))
    #expect(
      result.output.contains("= kept                                 2  (1 desirable, 1 undesirable)\n"))
    let kept = try folder.text(of: "out.jsonl")
    #expect(kept.split(separator: "\n").count == 2)
    let matches = try folder.text(of: "matches.jsonl")
    #expect(
      matches == """
        {"kind":"normalized","row":{"id":"rows-1","file":"rows.jsonl","line":2},"kept":{"id":"rows-0","file":"rows.jsonl","line":1},"older_set":false,"labels_differ":false}

        """)
    #expect(result.exitCode == 0)
  }

  @Test func `an older set is compared with and not written`() throws {
    let folder = try TemporaryFolder()
    let result = try CommandLineTool.run(["dedup", raw, "--against", raw, "-o", "out.jsonl"], in: folder.url)
    #expect(result.output.contains("= kept                                 0"))
    #expect(try folder.bytes(of: "out.jsonl").isEmpty)
  }

  @Test func `examples that hold a benchmark's words are left out and named`() throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    try folder.write("the capital of France\n", to: "bench.txt")
    let result = try CommandLineTool.run(
      ["dedup", "rows.jsonl", "--matches", "m.jsonl", "--decontaminate", "bench.txt", "--ngram", "4"],
      in: folder.url)
    #expect(
      result.output.contains("- share 4 words with one               3  (2 desirable, 1 undesirable)\n"))
    let matches = try folder.text(of: "m.jsonl")
    #expect(
      matches.hasPrefix(
        #"{"kind":"benchmark","row":{"id":"rows-0","file":"rows.jsonl","line":1},"benchmark":{"file":"bench.txt","line":1},"part":"prompt","words":"the capital of france"}"#
      ))
  }

  @Test(arguments: ["-o", "--matches"], ["--decontaminate", "--against"])
  func `a benchmark or an older set is never replaced`(output: String, option: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    let older = rows.replacing("Paris", with: "Nice")
    try folder.write(older, to: "other.jsonl")
    let result = try CommandLineTool.run(
      ["dedup", "rows.jsonl", option, "other.jsonl", output, "other.jsonl", "--force"], in: folder.url)
    #expect(result.error.contains("other.jsonl is also an input"))
    #expect(result.exitCode == 2)
    #expect(try folder.text(of: "other.jsonl") == older)
  }

  @Test func `what follows a benchmark or an older set is an input`() throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    try folder.write("something else\n", to: "bench.txt")
    try folder.write(rows.replacing("France", with: "Spain"), to: "older.jsonl")
    let result = try CommandLineTool.run(
      ["dedup", "--decontaminate", "bench.txt", "--against", "older.jsonl", "rows.jsonl"], in: folder.url)
    #expect(result.output.contains("compared by row                        3"))
    #expect(result.exitCode == 0)
  }

  @Test(arguments: [("out.jsonl", "./out.jsonl"), ("-", "-")])
  func `examples and matches go to different files`(output: String, matches: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    let result = try CommandLineTool.run(
      ["dedup", "rows.jsonl", "-o", output, "--matches", matches], in: folder.url)
    #expect(result.error.contains("--output and --matches name the same file"))
    #expect(result.exitCode == 64)
  }

  @Test func `matches go to standard output, and the report then does not`() throws {
    let folder = try TemporaryFolder()
    try folder.write(rows, to: "rows.jsonl")
    let result = try CommandLineTool.run(["dedup", "rows.jsonl", "--matches", "-"], in: folder.url)
    #expect(result.output.hasPrefix(#"{"kind":"normalized""#))
    #expect(result.output.split(separator: "\n").count == 1)
    #expect(result.error.contains("= kept"))
    #expect(throws: (any Error).self) { try folder.bytes(of: "-") }
  }

  @Test func `the curve is shown without any file`() throws {
    let result = try CommandLineTool.run(["dedup", "--explain"])
    #expect(result.output.contains("expected recall at the threshold: 99.77%"))
    #expect(result.exitCode == 0)
  }
}
