import Foundation
import KTOTestSupport
import Testing

struct ValidateCommandTests {
  private static let good = #"{"prompt":"q","completion":"r","label":true}"#
  private static let worse = #"{"prompt":"q","completion":"s","label":false}"#

  /// Ten broken files: name, bytes, the code that is expected, and where.
  static let broken: [(name: String, bytes: Data, code: String, place: String)] = [
    ("truncated.json", Data("[\(good),\n{\"prompt\":\"q".utf8), "E00", "2:13"),
    ("type.jsonl", Data(#"{"messages": "hello"}"#.utf8), "E11", "1:14"),
    ("label.jsonl", Data(#"{"prompt":"q","completion":"r","label":-1}"#.utf8), "E01", "1:40"),
    ("empty-completion.jsonl", Data(#"{"prompt":"q","completion":"","label":true}"#.utf8), "E02", "1:28"),
    (
      "roles.jsonl",
      Data(#"{"messages":[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]}"#.utf8),
      "E04", "1:49"
    ),
    (
      "duplicate.jsonl", Data(#"{"prompt":"q","prompt":"p","completion":"r","label":true}"#.utf8), "E00",
      "1:15"
    ),
    (
      "utf8.jsonl", Data(#"{"prompt":""#.utf8) + Data([0xFF]) + Data(#"","completion":"r"}"#.utf8), "E00",
      "1:12"
    ),
    ("posts.xml", Data("<posts>\n<row Id=1 />\n</posts>".utf8), "E00", "2:9"),
    (
      "deep.json",
      Data(
        "{\"messages\":\(String(repeating: "[", count: 10_000))\(String(repeating: "]", count: 10_000))}".utf8
      ),
      "E00", "1:"
    ),
    ("empty.jsonl", Data(), "E00", "1:1"),
  ]

  @Test(arguments: broken.indices)
  func `a broken file is a located diagnostic and exit code 1`(index: Int) throws {
    let file = Self.broken[index]
    let folder = try TemporaryFolder()
    try file.bytes.write(to: folder.url.appendingPathComponent(file.name))
    let result = try CommandLineTool.run(["validate", file.name], in: folder.url)
    #expect(result.exitCode == 1)
    #expect(result.error.contains("\(file.name):\(file.place)"), "\(result.error)")
    #expect(result.error.contains(" error: \(file.code): "), "\(result.error)")
  }

  @Test func `sound files exit with 0 and print the class balance`() throws {
    let folder = try TemporaryFolder()
    try folder.write("\(Self.good)\n\(Self.worse)\n", to: "rows.jsonl")
    let result = try CommandLineTool.run(["validate", "rows.jsonl"], in: folder.url)
    #expect(result.exitCode == 0)
    #expect(result.output.contains("classes: 1 desirable, 1 undesirable"))
  }

  @Test func `allowed codes do not fail the run`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "\(Self.good)\n\(Self.worse)\n{\"prompt\":\"q\",\"completion\":\"\",\"label\":true}", to: "rows.jsonl")
    #expect(try CommandLineTool.run(["validate", "rows.jsonl"], in: folder.url).exitCode == 1)
    #expect(
      try CommandLineTool.run(["validate", "rows.jsonl", "--allow", "E02"], in: folder.url).exitCode == 0)
  }

  @Test func `a file that is not there is a failed run`() throws {
    let folder = try TemporaryFolder()
    #expect(try CommandLineTool.run(["validate", "missing.jsonl"], in: folder.url).exitCode == 2)
  }

  private static let empty = #"{"prompt":"q","completion":"","label":true}"#
  private static let broken3 = "\(good)\n\(worse)\n\(empty)\n\(empty)\n\(empty)\n"

  @Test func `a report for CI has every finding, whatever is shown`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.broken3, to: "rows.jsonl")
    let result = try CommandLineTool.run(
      ["validate", "rows.jsonl", "--report", "github", "--show", "1"], in: folder.url)
    #expect(result.exitCode == 1)
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("::error file=rows.jsonl,line=") && $0.contains("title=E02::") })
    #expect(result.error.contains("2 more of E02"))
  }

  @Test func `a report goes to a file, and the account to standard output`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.broken3, to: "rows.jsonl")
    // The report's own file in the folder is no input, the second time either.
    for more in [[], ["--force"]] {
      let result = try CommandLineTool.run(
        ["validate", ".", "--report", "sarif", "-o", "findings.sarif"] + more, in: folder.url)
      #expect(result.exitCode == 1)
      #expect(result.output.contains("error E02: 3"), "\(result.error)")
      #expect(!result.error.contains("W19"))
      let text = try String(contentsOf: folder.url.appending(path: "findings.sarif"), encoding: .utf8)
      #expect(text.components(separatedBy: "\"ruleId\":\"E02\"").count == 4)
    }
    let again = try CommandLineTool.run(
      ["validate", ".", "--report", "sarif", "-o", "findings.sarif"], in: folder.url)
    #expect(again.exitCode == 2 && again.error.contains("use --force"))
  }

  @Test func `json is short for the report of that name`() throws {
    let folder = try TemporaryFolder()
    try folder.write("\(Self.good)\n\(Self.worse)\n", to: "rows.jsonl")
    let short = try CommandLineTool.run(["validate", "rows.jsonl", "--json"], in: folder.url)
    let long = try CommandLineTool.run(["validate", "rows.jsonl", "--report", "json"], in: folder.url)
    #expect(short.output == long.output && short.output.hasPrefix("{\"files\":["))
    let both = try CommandLineTool.run(
      ["validate", "rows.jsonl", "--json", "--report", "junit"], in: folder.url)
    #expect(both.exitCode == 64)
  }

  @Test func `what fails the run is chosen`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.broken3, to: "errors.jsonl")
    // Control tokens inside a text are a warning (W07), as the class balance is one (W01).
    try folder.write(
      "\(Self.good)\n\(Self.worse)\n{\"prompt\":\"p <|im_end|>\",\"completion\":\"r\",\"label\":true}\n",
      to: "warned.jsonl")
    func exit(_ file: String, _ failOn: String) throws -> Int32 {
      try CommandLineTool.run(["validate", file, "--fail-on", failOn], in: folder.url).exitCode
    }
    #expect(try exit("errors.jsonl", "error") == 1)
    #expect(try exit("errors.jsonl", "never") == 0)
    #expect(try exit("warned.jsonl", "error") == 0)
    #expect(try exit("warned.jsonl", "warning") == 1)
    #expect(try exit("missing.jsonl", "never") == 2)
  }

  @Test func `only what a baseline does not know is shown and fails the run`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.broken3, to: "rows.jsonl")
    let written = try CommandLineTool.run(
      ["validate", ".", "--write-baseline", "known.json"], in: folder.url)
    #expect(written.exitCode == 0, "\(written.error)")
    let known = ["validate", ".", "--baseline", "known.json"]
    try folder.write(
      "{\"prompt\":\"z\",\"completion\":\"z\",\"label\":true}\n" + Self.broken3, to: "rows.jsonl")
    let same = try CommandLineTool.run(known, in: folder.url)
    #expect(same.exitCode == 0)
    #expect(!same.error.contains("E02"), "\(same.error)")
    #expect(same.output.contains("in the baseline: 3; in the baseline alone: 0"))
    try folder.write(
      "{\"prompt\":\"new\",\"completion\":\"\",\"label\":true}\n" + Self.broken3, to: "rows.jsonl")
    let more = try CommandLineTool.run(known + ["--report", "github"], in: folder.url)
    #expect(more.exitCode == 1)
    #expect(more.output.split(separator: "\n").count == 1)
    #expect(more.output.hasPrefix("::error file=rows.jsonl,line=1,"))
  }
}
