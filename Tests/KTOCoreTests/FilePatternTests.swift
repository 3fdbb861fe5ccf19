import KTOTestSupport
import Testing

@testable import KTOCore

struct FilePatternTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder([
      "a.jsonl": "", "b.jsonl": "", "b1.jsonl": "", "c.txt": "", ".hidden.jsonl": "", "in/d.jsonl": "",
      "in/deep/e.jsonl": "", ".git/f.jsonl": "",
    ])
    try folder.link("in/up", to: "..")
  }

  private func matches(_ pattern: String) throws -> [String] {
    let pattern = try #require(FilePattern(folder.path + "/" + pattern))
    return pattern.matches().map { String($0.dropFirst(folder.path.count + 1)) }
  }

  @Test func `a star matches within a name, and no hidden name`() throws {
    #expect(try matches("*.jsonl") == ["a.jsonl", "b.jsonl", "b1.jsonl"])
    #expect(try matches("*/d.jsonl") == ["in/d.jsonl"])
  }

  @Test func `a question mark is one character, a bracket one of some`() throws {
    #expect(try matches("b?.jsonl") == ["b1.jsonl"])
    #expect(try matches("[ac].*") == ["a.jsonl", "c.txt"])
  }

  @Test func `two stars are any number of folders, links left out`() throws {
    #expect(
      try matches("**/*.jsonl") == ["a.jsonl", "b.jsonl", "b1.jsonl", "in/d.jsonl", "in/deep/e.jsonl"])
    #expect(try matches("in/**") == ["in/d.jsonl", "in/deep/e.jsonl"])
  }

  @Test func `a part without a wildcard must be there`() throws {
    #expect(try matches("*/deep/e.jsonl") == ["in/deep/e.jsonl"])
    #expect(try matches("none/*.jsonl") == [])
  }

  @Test func `a path without a wildcard is no pattern, and a pattern says where it is looked for`() {
    #expect(FilePattern("a/b.jsonl") == nil)
    #expect(FilePattern("/a/b/*.jsonl")?.folder == "/a/b")
    #expect(FilePattern("*.jsonl")?.folder == ".")
    #expect(FilePattern("/*")?.folder == "/")
  }
}
