import Testing

@testable import KTOTokenizer

/// A file of all 256 bytes, and of more tokens after them.
private func lines(_ more: [String] = []) -> [UInt8] {
  let bytes = (0..<256).map { base64([UInt8($0)]) + " \($0)" }
  return Array((bytes + more).joined(separator: "\n").utf8)
}

private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start...].prefix(3)
    let bits = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
    for place in 0..<4 {
      text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
    }
  }
  return text
}

struct TiktokenFileTests {
  @Test(arguments: [[], [0], [0, 255], [0, 255, 7], Array("any carnal pleas".utf8)] as [[UInt8]])
  func `base64 gives its bytes back`(_ bytes: [UInt8]) {
    #expect(decodedBase64(Array(base64(bytes).utf8)[...]) == bytes)
  }

  @Test(arguments: ["A", "AA", "AAA", "A===", "AA=A", "AAAA=", "AA-_", "AAAA AAAA", "===="])
  func `what is not base64 is nil`(_ text: String) {
    #expect(decodedBase64(Array(text.utf8)[...]) == nil)
  }

  @Test func `a line is a token and its rank`() throws {
    let file = try TiktokenFile(Array("YWI= 1\r\nYQ== 0\n\nYg== 3".utf8))
    #expect(file.tokens == [Array("a".utf8), Array("ab".utf8), [], Array("b".utf8)])
  }

  @Test func `padding alone is an empty token, which has no rank`() throws {
    #expect(try TiktokenFile(Array("YQ== 0\n= 1\n".utf8)).tokens == [Array("a".utf8), []])
  }

  @Test(arguments: [
    "YQ==", "YQ== ", "YQ== x", "YQ== -1", "YQ==  0", "Y 0", "YQ== 2097152", "YQ== 9999999999999999999",
  ])
  func `a line of another form is an error with its number`(_ line: String) {
    #expect {
      _ = try TiktokenFile(Array("Yg== 7\n\(line)\n".utf8))
    } throws: { error in
      guard case .malformed("line 2", _, 7)? = error as? TokenizerError else { return false }
      return true
    }
  }

  @Test func `two tokens of one rank are an error`() {
    #expect(throws: TokenizerError.malformed(pointer: "line 2", expected: "a new rank", offset: 7)) {
      try TiktokenFile(Array("YQ== 0\nYg== 0\n".utf8))
    }
  }

  @Test func `a vocabulary without one of the bytes is refused`() throws {
    let file = try TiktokenFile(Array(lines().dropLast("\n/w== 255".utf8.count)))
    #expect(throws: TokenizerError.malformed(pointer: "", expected: "a token for the byte 255", offset: 0)) {
      try RankedVocabulary(file.tokens)
    }
  }

  @Test func `each token has the one merge that makes it`() throws {
    // "bc" goes before "ab", so "abc" is only made of "a" and "bc", though "ab" and "c" would make it too.
    let tokens = ["bc", "ab", "abc"].enumerated().map { base64(Array($1.utf8)) + " \(256 + $0)" }
    let merges = try RankedVocabulary(TiktokenFile(lines(tokens)).tokens).merges
    #expect(
      merges == [
        DerivedMerge(left: 98, right: 99, merged: 256), DerivedMerge(left: 97, right: 98, merged: 257),
        DerivedMerge(left: 97, right: 256, merged: 258),
      ])
  }

  @Test func `a token may come before those that it is made of`() throws {
    let tokens = ["abc", "bc"].enumerated().map { base64(Array($1.utf8)) + " \(256 + $0)" }
    let merges = try RankedVocabulary(TiktokenFile(lines(tokens)).tokens).merges
    #expect(
      merges == [
        DerivedMerge(left: 97, right: 257, merged: 256), DerivedMerge(left: 98, right: 99, merged: 257),
      ])
  }

  @Test func `a token that pairs do not lead to has no merge`() throws {
    let tokens = ["abcd"].enumerated().map { base64(Array($1.utf8)) + " \(256 + $0)" }
    #expect(try RankedVocabulary(TiktokenFile(lines(tokens)).tokens).merges.isEmpty)
  }

  @Test func `a family is known by content before name`() {
    let hash = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
    #expect(TiktokenFamily(hash: hash, fileName: "gpt2.tiktoken")?.name == "cl100k_base")
    #expect(TiktokenFamily(hash: "", fileName: "qwen.tiktoken")?.name == "qwen")
    #expect(TiktokenFamily(hash: "", fileName: "mine.tiktoken") == nil)
  }

  @Test(arguments: [
    ("gpt2", 1, 50256), ("cl100k_base", 5, 100_276), ("o200k_base", 2, 200_018), ("qwen", 208, 151_850),
    ("multilingual", 1608, 51864),
  ])
  func `a family's special tokens have its ids`(_ name: String, _ count: Int, _ last: UInt32) throws {
    let family = try #require(TiktokenFamily(hash: "", fileName: name))
    #expect(family.specialTokens.count == count)
    #expect(family.specialTokens.last?.id == last)
  }

  @Test func `Whisper's last token is the time 30 seconds`() throws {
    let family = try #require(TiktokenFamily(hash: "", fileName: "multilingual.tiktoken"))
    #expect(family.specialTokens.last?.text == "<|30.00|>")
    #expect(family.specialTokens.contains(TiktokenFamily.SpecialToken(text: "<|0.00|>", id: 50364)))
  }
}
