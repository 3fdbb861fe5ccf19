import KTOCore
import KTOTestSupport
import KTOTokenizer
import Testing

/// The fixtures that Tests/Oracles/tokenizer_goldens.py makes with `tokenizers` 0.23.3.
enum Fixtures {
  static let names = ["gpt2", "digits-added", "nfc-prefix", "ignore-merges"]

  static func path(_ name: String) -> String { KTOTestSupport.Fixtures.path("tokenizer/\(name)") }

  static func tokenizer(_ name: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: path("\(name).tokenizer.json"))
  }

  struct Golden {
    var text: String
    var ids: [UInt32]
    var special: [UInt32]
    var decoded: String
    var skipped: String
  }

  static func goldens(_ name: String) throws -> [Golden] {
    let bytes = try readFile(path("\(name).goldens.jsonl"))
    var parser = JSONParser()
    return try bytes.split(separator: 0x0A).map { line in
      let node = try parser.parse(line)
      func ids(_ key: String) throws -> [UInt32]? {
        try node[key]?.array?.map { UInt32(try #require($0.int)) }
      }
      let plain = try #require(try ids("ids"))
      return Golden(
        text: try #require(node["text"]?.string), ids: plain, special: try ids("special") ?? plain,
        decoded: try #require(node["decoded"]?.string), skipped: try #require(node["skipped"]?.string))
    }
  }
}

struct GoldenTests {
  @Test(arguments: Fixtures.names)
  func `ids equal those of the reference`(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    for golden in try Fixtures.goldens(name) {
      let ids = try tokenizer.encode(golden.text, addSpecialTokens: false)
      #expect(ids == golden.ids, "\(golden.text.debugDescription)")
    }
  }

  @Test(arguments: Fixtures.names)
  func `ids with special tokens equal those of the reference`(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    for golden in try Fixtures.goldens(name) {
      let ids = try tokenizer.encode(golden.text, addSpecialTokens: true)
      #expect(ids == golden.special, "\(golden.text.debugDescription)")
    }
  }

  @Test(arguments: Fixtures.names)
  func `decoded text equals that of the reference`(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    for golden in try Fixtures.goldens(name) {
      let decoded = tokenizer.decode(golden.ids, skipSpecialTokens: false)
      #expect(Array(decoded.utf8) == Array(golden.decoded.utf8))
    }
  }

  @Test(arguments: Fixtures.names)
  func `decoded text without special tokens equals that of the reference`(_ name: String) throws {
    let tokenizer = try Fixtures.tokenizer(name)
    for golden in try Fixtures.goldens(name) {
      let decoded = tokenizer.decode(golden.ids, skipSpecialTokens: true)
      #expect(Array(decoded.utf8) == Array(golden.skipped.utf8))
    }
  }
}
