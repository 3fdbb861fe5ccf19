import Foundation
import KTOTestSupport
import Testing

struct TokenizeCommandTests {
  private static let model =
    CommandLineTool.package.appendingPathComponent("data/models/models--kto-data--tiny-mistral").path

  private func run(
    _ command: String, _ arguments: [String], in folder: TemporaryFolder? = nil, input: String = ""
  ) throws -> CommandLineTool.Result {
    try CommandLineTool.run(
      [command, "--model", Self.model] + arguments, in: folder?.url, input: Data(input.utf8))
  }

  @Test func `a text's tokens are shown with position, id and text`() throws {
    let result = try run("tokenize", ["Hello world", "Hi"])
    #expect(result.output == "0\t1533\tHello\n1\t4066\t world\n0\t46\tH\n1\t79\ti\n")
    #expect(result.error == "")
  }

  @Test func `--ids is the ids alone, and --chat renders a message`() throws {
    #expect(try run("tokenize", ["Hello world", "--ids"]).output == "1533 4066\n")
    #expect(try run("tokenize", ["--chat", "Hi", "--ids"]).output.hasPrefix("1 4 46 79 2 "))
  }

  @Test func `standard input is read to standard output and back`() throws {
    let tokens = try run("tokenize", ["--separator", "newline"], input: "Hello world\n\nHi\n")
    #expect(tokens.output == "[1533,4066]\n[]\n[46,79]\n")
    #expect(tokens.error == "")
    let text = try run("detokenize", ["--separator", "newline", "--input", "-"], input: tokens.output)
    #expect(text.output == "Hello world\n\nHi\n")
    #expect(try run("detokenize", ["1533", "4066"]).output == "Hello world")
  }

  @Test func `a tokenizer file can be named itself`() throws {
    let snapshots = URL(filePath: Self.model).appendingPathComponent("snapshots")
    let snapshot = try #require(FileManager.default.contentsOfDirectory(atPath: snapshots.path).first)
    let file = snapshots.appendingPathComponent("\(snapshot)/tokenizer.json").path
    let result = try CommandLineTool.run(["tokenize", "--model", file, "--ids", "Hello world"])
    #expect(result.output == "1533 4066\n")
  }

  @Test func `u32 files come back, and none is replaced without --force`() throws {
    let folder = try TemporaryFolder()
    let text = "Hello world\nsecond\n"
    try folder.write(text, to: "in.txt")
    let arguments = ["--input", "in.txt", "--separator", "newline", "--format", "u32", "-o", "ids"]
    #expect(try run("tokenize", arguments, in: folder).exitCode == 0)
    let back = try run(
      "detokenize", ["--input", "ids", "--format", "u32", "--separator", "newline"], in: folder)
    #expect(back.output == text)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("ids"))
    let refused = try run("tokenize", arguments, in: folder)
    #expect(refused.error == "kto-data: error: ids.offsets exists already; use --force to replace it\n")
    #expect(refused.exitCode == 2)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
        "ids.offsets", "in.txt",
      ])
    #expect(try run("tokenize", arguments + ["--force"], in: folder).exitCode == 0)
  }

  @Test func `a bad row is located, the exit code is 1 and no file is left`() throws {
    let folder = try TemporaryFolder()
    try folder.write("{\"text\":\"a\"}\n{\"text\":1}\n{}\n", to: "rows.jsonl")
    let arguments = ["--input", "rows.jsonl", "--separator", "jsonl:text"]
    let result = try run("tokenize", arguments + ["-o", "ids.jsonl"], in: folder)
    #expect(
      result.error == """
        rows.jsonl:2:9: error: T05: the field "text" must be a string, not an integer
        rows.jsonl:3:1: error: T04: the field "text" is missing
        ids.jsonl was not written

        """)
    #expect(result.exitCode == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["rows.jsonl"])
    #expect(try run("tokenize", arguments, in: folder).output == "[71]\n")
  }

  @Test func `a device is not replaced by a file`() throws {
    let result = try run("tokenize", ["a", "-o", "/dev/null", "--force"])
    #expect(result.error == "kto-data: error: cannot write /dev/null: it exists and is not a regular file\n")
    #expect(result.exitCode == 2)
  }

  @Test func `speed is shown in a pipe only where --progress asks`() throws {
    let result = try run("tokenize", ["--progress", "plain"], input: "Hello world")
    #expect(result.error.hasPrefix("1 documents, 0.0 MB, 2 tokens in "))
    #expect(try run("tokenize", [], input: "Hello world").error == "")
  }

  @Test(arguments: [
    ["--format", "u32"], ["a", "--input", "b"], ["a", "--separator", "nul"], ["--chat"],
    ["--separator", "jsonl:"],
    ["--jobs", "0"], ["a", "--ids", "--format", "count"], ["--format", "json"],
  ])
  func `wrong usage ends with 64`(arguments: [String]) throws {
    #expect(try run("tokenize", arguments).exitCode == 64)
  }
}
