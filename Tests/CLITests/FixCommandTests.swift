import Foundation
import KTOTestSupport
import Testing

/// `fix`: copies with repairs, and the differences.
struct FixCommandTests {
  private let folder: TemporaryFolder
  private let row = #"{"prompt":"q","completion":"r ","label":"True"}"#

  init() throws {
    folder = try TemporaryFolder([
      "d/a.jsonl": row + "\n", "d/e/b.jsonl": "{\"prompt\":\"q\",\"completion\":\"s\",\"label\":false}\n",
    ])
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try CommandLineTool.run(arguments, in: folder.url)
  }

  @Test func `copies keep their paths, and the files are as they were`() throws {
    let result = try run("fix", "d", "-o", "out")
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(try folder.text(of: "out/a.jsonl") == #"{"prompt":"q","completion":"r","label":true}"# + "\n")
    #expect(try folder.bytes(of: "out/e/b.jsonl") == folder.bytes(of: "d/e/b.jsonl"))
    #expect(try folder.text(of: "d/a.jsonl") == row + "\n")
    #expect(result.output.contains("d/a.jsonl → out/a.jsonl: 1 record, 1 changed\n"))
    #expect(result.output.contains("  @@ d/a.jsonl:1:41\n"))
  }

  @Test func `a dry run shows the same and writes nothing`() throws {
    let result = try run("fix", "d/a.jsonl", "--dry-run")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("  labels: 1\n") && result.output.contains("  blanks: 1\n"))
    #expect(try folder.names == ["d"])
  }

  @Test func `an input is never written to, not even with --force`() throws {
    for output in ["d/a.jsonl", "d"] {
      let result = try run("fix", "d/a.jsonl", "-o", output, "--force")
      #expect(result.exitCode == 2)
      #expect(result.error.contains("is also an input"))
    }
    #expect(try folder.text(of: "d/a.jsonl") == row + "\n")
  }

  @Test func `wrong usage says what there is`() throws {
    #expect(try run("fix", "d").error.contains("--dry-run"))
    #expect(try run("fix", "d", "--dry-run", "--mask", "mial").error.contains("mail"))
    #expect(try run("fix", "d", "--dry-run", "--skip", "bomb").exitCode == 64)
    #expect(try run("explain", "blanks").output.hasPrefix("blanks: white space"))
  }
}
