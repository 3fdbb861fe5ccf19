import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct BenchmarkTests {
  private static let question =
    "A train leaves the station at noon and travels sixty miles an hour for two hours. How far does it go?"

  private func index(_ text: String, name: String = "bench.jsonl", size: Int = 13) throws -> BenchmarkIndex {
    let folder = try TemporaryFolder()
    return try BenchmarkIndex([folder.write(Array(text.utf8), to: name)], size: size)
  }

  private func overlap(_ index: BenchmarkIndex, _ prompt: String, _ completion: String = "b")
    -> BenchmarkOverlap?
  {
    var row = example(label: true)
    row.prompt = [Message(role: "user", content: prompt)]
    row.completion = [Message(role: "assistant", content: completion)]
    return index.overlap(in: row)
  }

  @Test func `thirteen words in a row are found, whatever stands between them`() throws {
    let index = try index(#"{"id": "x", "question": "\#(Self.question)"}"#)
    let found = try #require(
      overlap(index, "Hi: THE STATION, at noon; and travels sixty miles (an hour) for two hours - well?"))
    #expect(found.words == "the station at noon and travels sixty miles an hour for two hours")
    #expect(found.part == "prompt")
    #expect(found.line == 1)
  }

  @Test func `twelve words in a row are not`() throws {
    let index = try index(#"{"question": "\#(Self.question)"}"#)
    #expect(overlap(index, "station at noon and travels sixty miles an hour for two hours") == nil)
  }

  @Test func `completions are looked at, too`() throws {
    let index = try index(Self.question, name: "bench.txt")
    #expect(overlap(index, "a", Self.question)?.part == "completion")
  }

  @Test func `paragraphs and the strings of a JSON value have their lines`() throws {
    let paragraphs = try index("short text\n\n\n\(Self.question)\n", name: "bench.txt")
    #expect(overlap(paragraphs, Self.question)?.line == 4)
    #expect(paragraphs.shortTextCount == 1)
    let value = try index("[\n {\"q\":\n  \"\(Self.question)\"}\n]", name: "bench.json")
    #expect(overlap(value, Self.question)?.line == 3)
  }

  @Test func `runs of words do not go over the end of a text`() throws {
    let index = try index("one two three\n\nfour five six\n", name: "bench.txt", size: 4)
    #expect(overlap(index, "one two three four five six") == nil)
  }

  @Test func `a file that is no JSON or has no words is an error`() {
    #expect(throws: BenchmarkError.self) { try index("{\"a\": \"b\"}\n{\"a\": ") }
    #expect(throws: BenchmarkError.self) { try index("\n \n", name: "bench.txt") }
  }

  @Test func `the check names the words and the place`() throws {
    var context = CheckContext()
    context.benchmarks = try index(Self.question, name: "bench.txt", size: 5)
    var set = CheckedSet(context)
    var row = example(label: true)
    row.prompt = [Message(role: "user", content: "Say: a train leaves the station")]
    let findings = set.check(row).filter { $0.code == "W11" }
    #expect(findings.count == 1)
    #expect(findings[0].message.hasSuffix(#"bench.txt:1: "a train leaves the station""#))
  }
}
