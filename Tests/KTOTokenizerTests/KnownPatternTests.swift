import KTOCore
import Testing

@testable import KTOTokenizer

/// A byte-level tokenizer of the 256 bytes behind a pattern.
private func tokenizer(_ preTokenizer: JSONValue) throws -> Tokenizer {
  let bytes = ByteLevelAlphabet.scalars.enumerated().map { id, scalar in
    JSONObject.Member(String(Character(scalar)), JSONNode(.integer(id)))
  }
  let file = JSONValue.members([
    "pre_tokenizer": preTokenizer, "decoder": .members(["type": .string("ByteLevel")]),
    "model": .members([
      "type": .string("BPE"), "vocab": .object(JSONObject(bytes)), "merges": .items([]),
    ]),
  ])
  return try Tokenizer(json: Array(file.jsonText.utf8), path: "tokenizer.json")
}

struct KnownPatternTests {
  @Test(arguments: KnownPattern.all)
  func `a tokenizer file with a known pattern gets the scanner that the pattern claims`(
    _ pattern: KnownPattern
  ) throws {
    #expect(try tokenizer(pattern.json).scanner == pattern.scanner)
  }

  @Test func `names and stages are each there once`() {
    let all = KnownPattern.all
    #expect(Set(all.map(\.name)).count == all.count)
    for (index, pattern) in all.enumerated() {
      #expect(!all[..<index].contains { $0.steps == pattern.steps }, "\(pattern.name)")
    }
  }

  @Test func `each scanner of a pattern is claimed by one`() {
    let scanners = KnownPattern.all.compactMap(\.scanner)
    let expected: [Scanner] = [
      .gpt2(digitsApart: false), .gpt2(digitsApart: true),
      .llama3(digitLimit: 3, joinsMarks: false, keepsFinalSpaces: false),
      .llama3(digitLimit: 1, joinsMarks: false, keepsFinalSpaces: false),
      .llama3(digitLimit: 1, joinsMarks: true, keepsFinalSpaces: false),
      .llama3(digitLimit: .max, joinsMarks: false, keepsFinalSpaces: true),
      .o200k(hasContractions: true, digitLimit: 3), .o200k(hasContractions: false, digitLimit: 1), .deepSeek,
    ]
    for scanner in expected { #expect(scanners.contains(scanner)) }
  }

  @Test(arguments: [
    ("gpt2", Scanner.gpt2(digitsApart: false)),
    ("cl100k_base", .llama3(digitLimit: 3, joinsMarks: false, keepsFinalSpaces: false)),
    ("qwen", .llama3(digitLimit: 1, joinsMarks: false, keepsFinalSpaces: false)),
    ("o200k_base", .o200k(hasContractions: true, digitLimit: 3)), ("multilingual", .gpt2(digitsApart: false)),
  ])
  func `a tiktoken family's pattern has a scanner`(_ name: String, _ scanner: Scanner) throws {
    let family = try #require(TiktokenFamily(hash: "", fileName: name))
    let pattern = try #require(KnownPattern.all.first { $0.steps == [.split(family.pattern)] })
    #expect(pattern.scanner == scanner)
  }

  @Test func `a GGUF file's pre-tokenizers are sorted by their names, each there once`() {
    let names = GGUFPreTokenizer.all.map(\.name)
    #expect(names == Set(names).sorted())
    for entry in GGUFPreTokenizer.all { #expect(KnownPattern.all.contains(entry.pattern), "\(entry.name)") }
  }
}

extension KnownPattern: CustomTestStringConvertible {
  package var testDescription: String { name }
}
