import Testing

@testable import KTOTokenizer

struct TokenTrieTests {
  private func found(_ patterns: [String], _ text: String) -> [String] {
    let trie = TokenTrie(patterns.enumerated().map { (Array($1.utf8), Int32($0)) })
    let bytes = Array(text.utf8)
    var found: [String] = []
    var from = 0
    while let match = trie.next(in: bytes.span, from: from) {
      found.append(patterns[Int(match.value)])
      from = match.range.upperBound
    }
    return found
  }

  @Test func `the longest of the leftmost is found`() {
    #expect(found(["<a", "<a>", "b>c", "c"], "x<a>c<ab>c") == ["<a>", "c", "<a", "b>c"])
  }

  @Test func `many first bytes are looked for as well`() {
    #expect(found(["a", "b", "c", "d", "e", "f"], String(repeating: ".", count: 99) + "fxa") == ["f", "a"])
  }

  @Test func `a token found nowhere costs no more than a pass`() {
    #expect(found(["<|a|>"], String(repeating: "<|a|", count: 1000)).isEmpty)
  }

  @Test func `a long token is found`() {
    let token = String(repeating: "ab", count: 20_000)
    #expect(found([token, "abx"], "ab" + token + "x") == [token, "abx"])
  }
}
