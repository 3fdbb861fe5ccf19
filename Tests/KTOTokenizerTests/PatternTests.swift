import Testing

@testable import KTOTokenizer

private func matches(_ pattern: String, _ text: String) throws -> [String] {
  let bytes = Array(text.utf8)
  var found: [String] = []
  try Regex(pattern).forEachMatch(in: bytes.span, bytes.indices) {
    found.append(String(decoding: bytes[$0], as: UTF8.self))
  }
  return found
}

struct PatternTests {
  @Test func `a possessive interval is read as in Ruby's syntax`() throws {
    #expect(try matches(#"\p{N}{1,3}+"#, "123456") == ["123456"])
  }

  @Test func `a hexadecimal digit is h`() throws { #expect(try matches(#"\h+"#, "x1fz") == ["1f"]) }

  @Test func `case folding knows the long s`() throws {
    #expect(try matches("(?i:'s)", "'ſ'S") == ["'ſ", "'S"])
  }

  @Test func `an empty match is not counted right behind another`() throws {
    #expect(try matches("b*", "abc") == ["", "b", ""])
  }

  @Test func `letters of Unicode 16 are letters`() throws {
    #expect(try matches(#"\p{L}+"#, "a\u{1C89}\u{31350}b!") == ["a\u{1C89}\u{31350}b"])
    #expect(try matches(#"[^\s\p{L}]+"#, "a\u{1C89}!") == ["!"])
    #expect(try matches(#"\P{Lu}+"#, "a\u{1C89}b") == ["a", "b"])
    #expect(try matches(#"\p{Han}+"#, "好\u{31350}") == ["好\u{31350}"])
  }

  @Test func `superscripts of Latin-1 are word characters outside a class alone`() throws {
    #expect(try matches(#"\w+"#, "a²") == ["a²"])
    #expect(try matches(#"[\w]+"#, "a²") == ["a"])
  }

  @Test func `properties are rewritten within classes and not behind a backslash`() {
    #expect(RegexUnicode.rewritten(#"\\p{L}"#) == #"\\p{L}"#)
    #expect(RegexUnicode.rewritten(#"[]\p{Sm}]"#) == #"[][\p{Sm}\x{10d8e}-\x{10d8f}]]"#)
    #expect(RegexUnicode.rewritten(#"[[:alpha:]]\p{Greek}"#) == #"[[:alpha:]]\p{Greek}"#)
  }

  @Test func `a pattern that explodes is stopped`() throws {
    let error = #expect(throws: TokenizerError.self) {
      try matches(#"(?:a|a)+\d"#, String(repeating: "a", count: 40))
    }
    if case .patternLimit? = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test func `one pattern may be searched by many threads`() async throws {
    let regex = try Regex(#"\p{L}+|\s"#)
    let text = Array("eins zwei drei".utf8)
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          for _ in 0..<50 { try regex.forEachMatch(in: text.span, text.indices) { _ in count += 1 } }
          return count
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(counts == [Int](repeating: 250, count: 8))
  }

  @Test func `no character of Unicode 15 or 16 is looked for in vain`() {
    var missed: [UInt32] = []
    for code in UInt32(0)..<0x110000 {
      guard let age = Unicode.Scalar(code)?.properties.age, age.major == 15 || age.major == 16 else {
        continue
      }
      if !RegexUnicode.stretches.contains(where: { $0.contains(code) }) { missed.append(code) }
    }
    #expect(missed.isEmpty)
  }
}
