import Foundation
import KTOCore
import KTOTokenizer
import Testing

/// The fixtures that Tests/Oracles/format_goldens.py makes with tiktoken, mistral-common and sentencepiece.
private enum FormatFixtures {
  static let models = [
    "llama", "equal-scores", "symbols", "collapsing", "suffix", "suffix-collapsing", "no-prefix", "rules",
  ]
  static let names = ["pairs", "small"] + models

  static let folder =
    #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Fixtures/formats"

  /// tiktoken's file does not say its pattern; the goldens were made with this one.
  static let pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  static func content(_ name: String) throws -> [UInt8] {
    switch name {
    case "pairs": return try readFile("\(folder)/pairs.tiktoken")
    case "small": return try readFile("\(folder)/small.tekken.json")
    default:
      let text = String(decoding: try readFile("\(folder)/\(name).model.base64"), as: UTF8.self)
      return Array(try #require(Data(base64Encoded: text, options: .ignoreUnknownCharacters)))
    }
  }

  /// As the peers encode: only tiktoken looks for special tokens in text.
  static func tokenizer(_ name: String) throws -> Tokenizer {
    guard name == "pairs" else {
      return try Tokenizer(bytes: content(name), path: name, findsSpecialTokens: false)
    }
    return try Tokenizer(
      bytes: content(name), path: name, pattern: pattern,
      specialTokens: [("<|endoftext|>", 300), ("<|fim|>", 500)])
  }

  struct Golden {
    var text: String?
    var ids: [UInt32]
    var decoded: String
  }

  static func goldens(_ name: String) throws -> [Golden] {
    var parser = JSONParser()
    return try readFile("\(folder)/\(name).goldens.jsonl").split(separator: 0x0A).map { line in
      let node = try parser.parse(line)
      return Golden(
        text: node["text"]?.string,
        ids: try #require(node["ids"]?.array).map { UInt32(try #require($0.int)) },
        decoded: try #require(node["decoded"]?.string))
    }
  }
}

struct FormatGoldenTests {
  @Test(arguments: FormatFixtures.names)
  func `ids equal those of the format's own program`(_ name: String) throws {
    let tokenizer = try FormatFixtures.tokenizer(name)
    for golden in try FormatFixtures.goldens(name) {
      guard let text = golden.text else { continue }
      #expect(try tokenizer.encode(text, addSpecialTokens: false) == golden.ids, "\(text.debugDescription)")
    }
  }

  @Test(arguments: FormatFixtures.names)
  func `decoded text equals that of the format's own program`(_ name: String) throws {
    let tokenizer = try FormatFixtures.tokenizer(name)
    for golden in try FormatFixtures.goldens(name) {
      let decoded = tokenizer.decode(golden.ids, skipSpecialTokens: name != "pairs")
      #expect(Array(decoded.utf8) == Array(golden.decoded.utf8), "\(golden.ids)")
    }
  }

  @Test(arguments: FormatFixtures.models)
  func `offsets lie within the text and in order`(_ name: String) throws {
    let tokenizer = try FormatFixtures.tokenizer(name)
    for golden in try FormatFixtures.goldens(name) {
      guard let text = golden.text.map({ Array($0.utf8) }) else { continue }
      let encoding = try tokenizer.encodeWithOffsets(bytes: text, addSpecialTokens: false)
      #expect(encoding.ids == golden.ids)
      #expect(encoding.offsets.allSatisfy { $0.upperBound <= text.count })
      #expect(
        zip(encoding.offsets, encoding.offsets.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound })
    }
  }

  @Test func `special tokens are found in text unless that is not wanted`() throws {
    let bytes = try FormatFixtures.content("small")
    let finding = try Tokenizer(bytes: bytes, path: "tekken.json")
    #expect(try finding.encode("<s>a</s>", addSpecialTokens: false).first == 1)
    let notFinding = try Tokenizer(bytes: bytes, path: "tekken.json", findsSpecialTokens: false)
    #expect(try notFinding.encode("<s>", addSpecialTokens: false).allSatisfy { $0 >= 8 })
    #expect(notFinding.id(of: "<s>") == 1)
    #expect(notFinding.isSpecial(1))
  }

  @Test func `a tiktoken file of no known family asks for its pattern`() throws {
    #expect(throws: TokenizerError.patternMissing(path: "x/mine.tiktoken")) {
      try Tokenizer(bytes: try FormatFixtures.content("pairs"), path: "x/mine.tiktoken")
    }
  }

  @Test func `a file of no format is said not to be JSON`() {
    #expect {
      _ = try Tokenizer(bytes: Array("hello".utf8), path: "x")
    } throws: { error in
      if case .notJSON? = error as? TokenizerError { true } else { false }
    }
  }
}
