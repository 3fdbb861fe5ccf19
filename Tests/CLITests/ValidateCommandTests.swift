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
}
