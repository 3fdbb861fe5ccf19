import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOTokenizer

/// A run over bytes, in a temporary folder of its own, removed with the value.
private final class BatchFixture {
  let tokenizer: Tokenizer
  private let folder: TemporaryFolder
  private(set) var findings: [String] = []
  private(set) var totals = BatchTotals()

  init() throws {
    tokenizer = try Fixtures.tokenizer("gpt2")
    folder = try TemporaryFolder()
  }

  func path(_ name: String) -> String { folder.path(name) }

  func read(_ name: String) -> [UInt8]? { try? readFile(path(name)) }

  /// The bytes that are written to a file; nil where none is left.
  func tokenize(
    _ input: [UInt8], _ separator: DocumentSeparator, _ format: TokenFormat = .jsonl, jobs: Int = 1,
    batchByteCount: Int = 1 << 20
  ) throws -> [UInt8]? {
    try writeFile(path("in"), input, force: true)
    let settings = EncodingSettings(
      tokenizer: tokenizer, separator: separator, addSpecialTokens: false, format: format)
    findings = []
    totals = try TokenizeRun(settings, jobs: jobs).run(
      FileByteSource(path: path("in")), named: "in", batchByteCount: batchByteCount,
      into: TokenOutput(path: path("out"), withOffsets: format == .u32, force: true),
      finding: { findings.append("\($0)") })
    return read("out")
  }

  func lines(_ documents: [String]) throws -> [UInt8] {
    let lines = try documents.map { text in
      "[" + (try tokenizer.encode(text, addSpecialTokens: false)).map { "\($0)" }.joined(separator: ",")
        + "]\n"
    }
    return Array(lines.joined().utf8)
  }

  func detokenize(_ separator: UInt8?, offsets: Bool = true) throws -> [UInt8]? {
    var run = DetokenizeRun(tokenizer: tokenizer, separator: separator)
    let source = try FileByteSource(path: path("out"))
    let ends = (source: try FileByteSource(path: path("out.offsets")), name: "out.offsets")
    findings = []
    totals = try run.run(
      ids: source, named: "out", offsets: offsets ? ends : nil,
      into: OutputFile(path: path("text"), force: true), finding: { findings.append("\($0)") })
    return read("text")
  }

  func detokenize(lines: String) throws -> [UInt8]? {
    try writeFile(path("in"), lines.utf8, force: true)
    var run = DetokenizeRun(tokenizer: tokenizer, separator: 0x0A)
    findings = []
    totals = try run.run(
      lines: FileByteSource(path: path("in")), named: "in", into: OutputFile(path: path("text"), force: true),
      finding: { findings.append("\($0)") })
    return read("text")
  }
}

private func littleEndian(_ number: UInt64, _ width: UInt64) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

struct DocumentSeparatorTests {
  @Test(arguments: [
    ("a b\nc d", ["a b", "c d"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]), ("\na", ["", "a"]), ("\n", [""]),
    ("", []), ("a\r\nb", ["a\r", "b"]), ("a\0b\n", ["a\0b"]),
  ])
  func `a line feed ends a document`(input: String, documents: [String]) throws {
    let fixture = try BatchFixture()
    #expect(try fixture.tokenize(Array(input.utf8), .newline) == fixture.lines(documents))
    #expect(fixture.totals.documentCount == documents.count)
  }

  @Test func `a NUL ends a document, a line feed does not`() throws {
    let fixture = try BatchFixture()
    #expect(try fixture.tokenize(Array("a\nb\0\0c".utf8), .nul) == fixture.lines(["a\nb", "", "c"]))
  }

  @Test(arguments: ["", "\n", "a\0b\nc\n"])
  func `without a separator the whole input is one document`(input: String) throws {
    let fixture = try BatchFixture()
    #expect(try fixture.tokenize(Array(input.utf8), .none) == fixture.lines([input]))
  }

  @Test func `a row's field is a document, and lines of white space are none`() throws {
    let fixture = try BatchFixture()
    let rows = "\u{FEFF}{\"text\":\"a\\nb\"}\r\n \t\n{\"id\":1, \"text\": \"\"}\n{\"text\":\"\\u00e9\"}"
    #expect(
      try fixture.tokenize(Array(rows.utf8), .jsonl(field: "text")) == fixture.lines(["a\nb", "", "é"]))
  }

  @Test func `names of separators are read`() {
    #expect(DocumentSeparator("nul") == .nul)
    #expect(DocumentSeparator("jsonl:a:b") == .jsonl(field: "a:b"))
    for wrong in ["", "jsonl", "jsonl:", "NUL", "\n"] { #expect(DocumentSeparator(wrong) == nil) }
  }
}

struct TokenizeRunTests {
  /// Documents of many lengths, some longer than a batch, some empty.
  private static let mixed: [UInt8] = (0..<400).flatMap { index in
    Array(String(repeating: "word\(index) é\u{1F600} ", count: index * index % 23).utf8) + [0x0A]
  }

  @Test(arguments: TokenFormat.allCases, [1, 64, 4096])
  func `the bytes do not depend on the number of threads`(format: TokenFormat, batchByteCount: Int) throws {
    let fixture = try BatchFixture()
    let one = try #require(try fixture.tokenize(Self.mixed, .newline, format))
    let oneTotals = fixture.totals
    let oneOffsets = fixture.read("out.offsets")
    let four = try fixture.tokenize(Self.mixed, .newline, format, jobs: 4, batchByteCount: batchByteCount)
    #expect(four == one)
    #expect(fixture.totals == oneTotals)
    #expect(fixture.read("out.offsets") == oneOffsets)
  }

  @Test func `findings do not depend on the number of threads`() throws {
    let fixture = try BatchFixture()
    let rows = (0..<200).map { $0 % 7 == 3 ? "{}" : $0 % 5 == 0 ? "" : "{\"t\":\"\($0)\"}" }
    let input = Array(rows.joined(separator: "\n").utf8)
    let one = try fixture.tokenize(input, .jsonl(field: "t"))
    let oneFindings = fixture.findings
    #expect(oneFindings.first == "in:4:1: error: T04: the field \"t\" is missing")
    #expect(one == nil)
    #expect(try fixture.tokenize(input, .jsonl(field: "t"), jobs: 4, batchByteCount: 50) == nil)
    #expect(fixture.findings == oneFindings)
  }

  @Test func `counts and ids are written one document a line`() throws {
    let fixture = try BatchFixture()
    let ids = try fixture.tokenizer.encode("a b c", addSpecialTokens: false)
    let input = Array("a b c\n\n".utf8)
    #expect(try fixture.tokenize(input, .newline, .count) == Array("\(ids.count)\n0\n".utf8))
    let line = ids.map { "\($0)" }.joined(separator: " ")
    #expect(try fixture.tokenize(input, .newline, .ids) == Array("\(line)\n\n".utf8))
  }

  @Test func `u32 is little-endian ids, and 64-bit offsets that start with 0`() throws {
    let fixture = try BatchFixture()
    let ids = try ["a", "", "b c"].map { try fixture.tokenizer.encode($0, addSpecialTokens: false) }
    let out = try fixture.tokenize(Array("a\n\nb c".utf8), .newline, .u32)
    #expect(out == ids.joined().flatMap { littleEndian(UInt64($0), 4) })
    let ends = ids.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    #expect(fixture.read("out.offsets") == ends.flatMap { littleEndian(UInt64($0), 8) })
  }

  @Test func `ids are written in decimal, whatever their size`() throws {
    let sizes: [UInt32] = (0...9).flatMap { digits in
      let power = (0..<digits).reduce(1 as UInt32) { product, _ in product * 10 }
      return [power - 1, power, power + 1, power &* 9 &- 7, power + power / 3]
    }
    let numbers = sizes + [.max]
    var formatter = TokenFormatter(.ids, tokenizer: try Fixtures.tokenizer("gpt2"))
    let ends = [numbers.count]
    let line = formatter.bytes(ids: numbers.span, ends: ends.span)
    #expect(String(decoding: line, as: UTF8.self) == numbers.map { "\($0)" }.joined(separator: " ") + "\n")
  }

  @Test func `bytes that are not UTF-8 are located, and no file is left`() throws {
    let fixture = try BatchFixture()
    let input = Array("fine\n".utf8) + [0x61, 0xFF, 0x0A, 0xC3]
    #expect(try fixture.tokenize(input, .newline, .u32) == nil)
    #expect(fixture.read("out.offsets") == nil)
    #expect(
      fixture.findings == [
        "in:2:2: error: T01: document 2, byte 6 of the input: not UTF-8",
        "in:3:1: error: T01: document 3, byte 8 of the input: not UTF-8",
      ])
    _ = try fixture.tokenize([0x61, 0, 0x62, 0x80, 0], .nul)
    #expect(fixture.findings == ["in: error: T01: document 2, byte 3 of the input: not UTF-8"])
  }

  @Test(arguments: [
    ("[1]", "in:1:1: error: T03: a line must be a JSON object, not an array"),
    ("{\"text\":null}", "in:1:9: error: T05: the field \"text\" must be a string, not null"),
    ("{\"Text\":\"\"}", "in:1:1: error: T04: the field \"text\" is missing"),
    ("{\"text\":\"a\"", "in:1:12: error: T02: the JSON ends in the middle of a value"),
    (
      "{\"text\":\"\\ud800\"}",
      "in:1:9: error: T02: a string with a raw control character or an escape that names no character"
    ),
  ])
  func `a row that is not as it should be is located`(row: String, finding: String) throws {
    let fixture = try BatchFixture()
    #expect(try fixture.tokenize(Array(row.utf8), .jsonl(field: "text")) == nil)
    #expect(fixture.findings == [finding])
  }

  @Test(arguments: [1, 3]) func `an error of the output ends the run`(jobs: Int) throws {
    let fixture = try BatchFixture()
    try writeFile(fixture.path("in"), Self.mixed)
    let settings = EncodingSettings(tokenizer: fixture.tokenizer, separator: .newline)
    struct Full: Error {}
    #expect(throws: Full.self) {
      _ = try TokenizeRun(settings, jobs: jobs).run(
        FileByteSource(path: fixture.path("in")), named: "in", batchByteCount: 64,
        into: TokenOutput(path: fixture.path("out"), withOffsets: false, force: false), finding: { _ in },
        progress: { totals in if totals.documentCount > 20 { throw Full() } })
    }
    #expect(fixture.read("out") == nil)
  }
}

struct DetokenizeRunTests {
  @Test func `u32 comes back byte for byte`() throws {
    let fixture = try BatchFixture()
    let input = Array("first é\r\n\n\u{1F600} \0 last\n".utf8)
    _ = try fixture.tokenize(input, .newline, .u32)
    #expect(try fixture.detokenize(0x0A) == input)
    _ = try fixture.tokenize(input, .none, .u32)
    #expect(try fixture.detokenize(nil) == input)
    #expect(try fixture.detokenize(nil, offsets: false) == input)
  }

  @Test func `lines of ids come back byte for byte`() throws {
    let fixture = try BatchFixture()
    let documents = ["a b", "", "é"]
    let lines = String(decoding: try fixture.lines(documents), as: UTF8.self)
    #expect(try fixture.detokenize(lines: lines) == Array("a b\n\né\n".utf8))
    #expect(try fixture.detokenize(lines: " [ 1 , 2 ] \r\n\n") != nil)
    #expect(fixture.totals.documentCount == 1)
  }

  @Test(arguments: [
    (
      "[1,]",
      "in:1:4: error: T06: a line must be an array of ids such as [1,2,3]: expected an id, a whole number from 0 to 4294967295"
    ),
    ("[]\n[1", "in:2:3: error: T06: a line must be an array of ids such as [1,2,3]: expected ',' or ']'"),
    (
      "[4294967296]",
      "in:1:2: error: T06: a line must be an array of ids such as [1,2,3]: expected an id, a whole number from 0 to 4294967295"
    ),
    (
      "[1]2",
      "in:1:4: error: T06: a line must be an array of ids such as [1,2,3]: expected the end of the line"
    ),
    ("[1]\n[4000000]", "in:2:1: error: T07: document 2: the tokenizer has no token with the id 4000000"),
  ])
  func `a line that is no array of known ids is located`(lines: String, finding: String) throws {
    let fixture = try BatchFixture()
    #expect(try fixture.detokenize(lines: lines) == nil)
    #expect(fixture.findings == [finding])
  }

  @Test(arguments: [
    ([0], [1, 0], BatchError.invalidOffset(path: "out.offsets", index: 0, expected: "0")),
    ([0], [0, 1, 0], .invalidOffset(path: "out.offsets", index: 2, expected: "1 or more")),
    ([0, 0], [0, 1], .idCountDiffers(path: "out", expected: 1, actual: 2)),
    ([0], [0, 9], .idCountDiffers(path: "out", expected: 9, actual: 1)),
  ])
  func `offsets that do not fit are refused`(ids: [UInt32], offsets: [UInt64], error: BatchError) throws {
    let fixture = try BatchFixture()
    try writeFile(fixture.path("out"), ids.flatMap { littleEndian(UInt64($0), 4) })
    try writeFile(fixture.path("out.offsets"), offsets.flatMap { littleEndian($0, 8) })
    #expect(throws: error) { try fixture.detokenize(nil) }
    #expect(fixture.read("text") == nil)
  }

  @Test func `a file that ends within a number is refused`() throws {
    let fixture = try BatchFixture()
    try writeFile(fixture.path("out"), [0, 0, 0, 0, 1] as [UInt8])
    try writeFile(fixture.path("out.offsets"), [0] as [UInt8])
    #expect(throws: BatchError.truncatedNumbers(path: "out", width: 4)) {
      try fixture.detokenize(nil, offsets: false)
    }
    #expect(throws: BatchError.truncatedNumbers(path: "out.offsets", width: 8)) {
      try fixture.detokenize(nil)
    }
  }
}
