import KTOCore
import Testing

@testable import KTOTokenizer

/// A file of the 256 bytes, whose parts tests replace.
private func load(
  config: [String: String] = [:], special: String? = #"[{"rank":0,"token_str":"<s>","is_control":true}]"#,
  vocab: ((Int) -> String)? = nil
) throws -> TekkenFile {
  var fields = [
    "pattern": #""\\s+|\\S+""#, "default_vocab_size": "258", "default_num_special_tokens": "2",
    "version": #""v11""#,
  ]
  fields.merge(config) { $1 }
  let members = fields.map { "\"\($0)\":\($1)" }.joined(separator: ",")
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let entry = vocab ?? { #"{"rank":\#($0),"token_bytes":"\#(digits[$0 >> 2])\#(digits[($0 & 3) << 4])=="}"# }
  let entries = (0..<256).map(entry).joined(separator: ",")
  let json =
    #"{"config":{\#(members)},"vocab":[\#(entries)]"# + (special.map { ",\"special_tokens\":" + $0 } ?? "")
    + "}"
  return try TekkenFile(json: Array(json.utf8), path: "tekken.json")
}

private func pointer(_ body: () throws -> TekkenFile) -> String? {
  do { _ = try body() } catch TokenizerError.malformed(let pointer, _, _) { return pointer } catch {
    return nil
  }
  return nil
}

struct TekkenFileTests {
  @Test func `special tokens are filled up to their count`() throws {
    #expect(try load().specialTokens.map(\.text) == ["<s>", "<SPECIAL_1>"])
  }

  @Test func `old versions need not list their special tokens`() throws {
    let file = try load(
      config: ["version": "\"v3\"", "default_num_special_tokens": "22", "default_vocab_size": "278"],
      special: nil)
    #expect(file.specialTokens.map(\.text).prefix(4) == ["<unk>", "<s>", "</s>", "[INST]"])
    #expect(file.specialTokens.map(\.text).suffix(3) == ["[TOOL_CONTENT]", "<SPECIAL_20>", "<SPECIAL_21>"])
  }

  @Test func `new versions must list their special tokens`() {
    #expect(pointer { try load(special: nil) } == "/special_tokens")
  }

  @Test func `tokens beyond the vocabulary's size are left out`() throws {
    let file = try load(config: ["default_vocab_size": "202"])
    #expect(file.tokens.count == 200)
    #expect(file.tokens[199] == [199])
  }

  @Test func `fewer tokens than the vocabulary's size are an error`() {
    #expect(pointer { try load(config: ["default_vocab_size": "259"]) } == "/vocab")
  }

  @Test func `more special tokens than ids are an error`() {
    #expect(
      pointer { try load(config: ["default_num_special_tokens": "0", "default_vocab_size": "256"]) }
        == "/special_tokens")
  }

  @Test func `the same special token twice is an error`() {
    let twice = #"[{"rank":0,"token_str":"<s>"},{"rank":1,"token_str":"<s>"}]"#
    #expect(pointer { try load(special: twice) } == "/special_tokens/1")
  }

  @Test func `ranks out of order are an error`() {
    #expect(pointer { try load { #"{"rank":\#(255 - $0),"token_bytes":"AA=="}"# } } == "/vocab/0/rank")
  }

  @Test func `the first 256 tokens must be the bytes`() {
    #expect(pointer { try load { #"{"rank":\#($0),"token_bytes":"AA=="}"# } } == "/vocab/1/token_bytes")
  }
}
