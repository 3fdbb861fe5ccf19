import KTOTokenizer
import Testing

/// A tokenizer file of a few byte-level tokens, of which tests replace parts.
private func load(_ parts: [String: String] = [:], model: [String: String] = [:]) throws -> Tokenizer {
  var fields = [
    "normalizer": "null", "pre_tokenizer": #"{"type":"ByteLevel","add_prefix_space":false}"#,
    "post_processor": "null", "decoder": #"{"type":"ByteLevel"}"#, "added_tokens": "[]",
  ]
  var bpe = ["vocab": #"{"a":0,"b":1,"c":2,"ab":3,"bc":4,"abc":5}"#, "merges": #"["a b","b c","ab c"]"#]
  bpe.merge(model) { $1 }
  fields["model"] =
    "{" + bpe.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  fields.merge(parts) { $1 }
  let json =
    "{" + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  return try Tokenizer(json: Array(json.utf8), path: "tokenizer.json")
}

private func added(_ content: String, _ flags: String = "") -> String {
  var members = [
    "single_word": "false", "lstrip": "false", "rstrip": "false", "normalized": "false", "special": "true",
  ]
  for flag in flags.split(separator: " ") { members[String(flag)] = "true" }
  return #"{"id":9,"content":"\#(content)","#
    + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
}

struct TokenizerLoadingTests {
  @Test func `merges apply by rank`() throws {
    #expect(try load().encode("abc", addSpecialTokens: false) == [5])
  }

  @Test func `merges may be arrays of two`() throws {
    let tokenizer = try load(model: ["merges": #"[["b","c"],["a","b"]]"#])
    #expect(try tokenizer.encode("abc", addSpecialTokens: false) == [0, 4])
  }

  @Test func `of duplicate merges the last counts`() throws {
    let tokenizer = try load(model: ["merges": #"["a b","b c","a b"]"#])
    #expect(try tokenizer.encode("abc", addSpecialTokens: false) == [0, 4])
  }

  @Test func `a merge of a token that is missing fails with its index`() {
    #expect(throws: TokenizerError.mergeTokenMissing(index: 1, token: "d")) {
      try load(model: ["merges": #"["a b","d c"]"#])
    }
  }

  @Test func `a merge whose result is missing fails with its index`() {
    #expect(throws: TokenizerError.mergeTokenMissing(index: 0, token: "ca")) {
      try load(model: ["merges": #"["c a"]"#])
    }
  }

  @Test func `a merge of three parts fails with its index`() {
    #expect(throws: TokenizerError.invalidMerge(index: 0)) { try load(model: ["merges": #"["a b c"]"#]) }
  }

  @Test func `ignore_merges takes a whole pre-token first`() throws {
    let tokenizer = try load(model: ["merges": #"["b c"]"#, "ignore_merges": "true"])
    #expect(try tokenizer.encode("abc", addSpecialTokens: false) == [5])
  }

  @Test func `bytes that the vocabulary lacks are dropped without an unknown token`() throws {
    #expect(try load().encode("axb", addSpecialTokens: false) == [3])
  }

  @Test func `fuse_unk makes one token of unknown bytes side by side`() throws {
    let tokenizer = try load(model: ["unk_token": "\"c\"", "fuse_unk": "true"])
    #expect(try tokenizer.encode("axyb", addSpecialTokens: false) == [0, 2, 1])
  }

  @Test func `a pattern that is no regular expression is refused with what is wrong`() {
    let split = #"{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated","invert":false}"#
    let reason = "end pattern with unmatched parenthesis"
    #expect(throws: TokenizerError.invalidPattern(pattern: "(", reason: reason)) {
      try load(["pre_tokenizer": split])
    }
  }

  @Test func `without a pre-tokenizer the whole text is one piece`() throws {
    let tokenizer = try load(
      ["pre_tokenizer": "null"], model: ["vocab": #"{"a":0," ":1," a":2}"#, "merges": #"[[" ","a"]]"#])
    #expect(try tokenizer.encode("a a", addSpecialTokens: false) == [0, 2])
  }

  @Test(arguments: [
    ("normalizer", TokenizerError.Stage.normalizer), ("pre_tokenizer", .preTokenizer), ("decoder", .decoder),
    ("post_processor", .postProcessor),
  ])
  func `an unknown component is refused by name`(_ field: String, _ stage: TokenizerError.Stage) {
    #expect(throws: TokenizerError.unsupported(stage: stage, component: "Fancy", detail: nil)) {
      try load([field: #"{"type":"Fancy"}"#])
    }
  }

  @Test(arguments: ["Unigram", "WordPiece", "WordLevel"])
  func `a model that is not BPE is refused by name`(_ type: String) {
    #expect(throws: TokenizerError.notBPE(model: type)) {
      try load(["model": #"{"type":"\#(type)","vocab":{}}"#])
    }
  }

  @Test func `stages that are not run exactly are refused by name`() {
    for (field, type) in [
      ("normalizer", "Precompiled"), ("normalizer", "BertNormalizer"), ("pre_tokenizer", "UnicodeScripts"),
    ] {
      let stage = field == "normalizer" ? TokenizerError.Stage.normalizer : .preTokenizer
      #expect(throws: TokenizerError.unsupported(stage: stage, component: type, detail: nil)) {
        try load([field: #"{"type":"\#(type)"}"#])
      }
    }
  }

  @Test func `dropout is refused`() {
    #expect(throws: TokenizerError.self) { try load(model: ["dropout": "0.1"]) }
  }

  @Test func `an id beyond any vocabulary is refused`() {
    #expect(throws: TokenizerError.idOutOfRange(token: "z", limit: (1 << 21) - 2)) {
      try load(model: ["vocab": #"{"z":4000000000}"#])
    }
  }

  @Test func `a part of the wrong type is located by pointer and byte`() {
    #expect(
      throws: TokenizerError.malformed(pointer: "/added_tokens/0/content", expected: "a string", offset: 28)
    ) {
      try load(["added_tokens": #"[{"content":5}]"#])
    }
  }

  @Test func `a file that is not JSON is located by byte`() {
    #expect(throws: TokenizerError.self) { try Tokenizer(json: Array("{\"model\":".utf8), path: "x") }
  }

  @Test func `an added token outside the vocabulary gets the next id, whatever the file says`() throws {
    let tokenizer = try load(["added_tokens": "[\(added("<x>"))]"])
    #expect(tokenizer.id(of: "<x>") == 6)
  }

  @Test func `the longest of the added tokens that begin first is taken`() throws {
    let tokenizer = try load(["added_tokens": "[\(added("<x")),\(added("<x>"))]"])
    #expect(try tokenizer.encode("a<x>b", addSpecialTokens: false) == [0, 7, 1])
  }

  @Test func `two added tokens that match the same are refused`() {
    #expect(throws: TokenizerError.self) {
      try load([
        "normalizer": #"{"type":"NFC"}"#,
        "added_tokens": "[\(added("\u{C5}", "normalized")),\(added("A\u{30A}", "normalized"))]",
      ])
    }
  }

  @Test func `the vocabulary's size counts added tokens once`() throws {
    #expect(try load(["added_tokens": "[\(added("<x>")),\(added("abc"))]"]).vocabularySize == 7)
  }

  @Test func `canonically equal tokens stay apart`() throws {
    let tokenizer = try load(["added_tokens": "[\(added("\u{C5}")),\(added("A\u{30A}"))]"])
    #expect(tokenizer.id(of: "\u{C5}") != tokenizer.id(of: "A\u{30A}"))
  }

  @Test func `bytes that are not UTF-8 are refused with their offset`() throws {
    #expect(throws: TokenizerError.invalidUTF8(offset: 2)) {
      try load().encode(bytes: [97, 98, 0xC3, 97], addSpecialTokens: false)
    }
  }

  @Test func `a token in the middle of a character decodes to its bytes`() throws {
    let tokenizer = try load(model: ["vocab": #"{"Ã":0,"©":1}"#, "merges": "[]"])
    #expect(tokenizer.decodeBytes([0], skipSpecialTokens: false) == [0xC3])
  }

  @Test func `decoding replaces bytes that are not UTF-8`() throws {
    let tokenizer = try load(model: ["vocab": #"{"Ã":0,"©":1}"#, "merges": "[]"])
    #expect(tokenizer.decode([0, 0, 1], skipSpecialTokens: false) == "\u{FFFD}\u{E9}")
  }

  @Test func `an id without a token decodes to nothing`() throws {
    #expect(try load().decode([0, 77], skipSpecialTokens: false) == "a")
  }

  @Test func `without a decoder tokens are joined by spaces`() throws {
    #expect(try load(["decoder": "null"]).decode([3, 2], skipSpecialTokens: false) == "ab c")
  }

  @Test func `long words merge as short ones do`() throws {
    let tokenizer = try load()
    let long = String(repeating: "abcab", count: 400)
    let short = try tokenizer.encode("abcab", addSpecialTokens: false)
    #expect(
      try tokenizer.encode(long, addSpecialTokens: false) == Array(repeatElement(short, count: 400).joined()))
  }

  @Test func `many threads may encode with one tokenizer`() async throws {
    let tokenizer = try Fixtures.tokenizer("gpt2")
    let text = String(repeating: "the answer was helpful, 123 ", count: 50)
    let expected = try tokenizer.encode(text, addSpecialTokens: false)
    let same = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { try tokenizer.encode(text, addSpecialTokens: false) == expected } }
      return try await group.reduce(true) { $0 && $1 }
    }
    #expect(same)
  }
}
