import KTOCore
import Testing

@testable import KTOData

@Suite struct LikenessTests {
  private func likeness(_ prompt: [Message], _ answer: String) -> Likeness {
    var reader = LikenessReader()
    return reader.likeness(prompt: prompt, completion: [Message(role: "assistant", content: answer)])
  }

  private func likeness(_ question: String, _ answer: String = "a") -> Likeness {
    likeness([Message(role: "user", content: question)], answer)
  }

  /// What is compared, made of scalars one after another.
  private func plain(_ text: String) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    return text.unicodeScalars.split(whereSeparator: isSpace).map { String($0) }.joined(separator: " ")
  }

  @Test(arguments: [
    " Name a fern.", "Name a fern.\n", "Name  a\tfern.", "\u{A0}Name\u{2003}a\r\n\r\nfern.\u{3000}",
    "Name a \u{1F} fern.", "\n\n\n\n\n\n\n\n\n\nName a fern.          ",
  ])
  func `white space around and within a text makes no difference`(text: String) {
    #expect(likeness(text) == likeness("Name a fern."))
    #expect(likeness("q", text).row == likeness("q", "Name a fern.").row)
  }

  @Test(arguments: [
    "Name afern.", "N ame a fern.", "Name a fern", "Name a fern. .", "", "Name a\u{200B} fern.",
    "Name a férn.",
  ])
  func `another text is another`(text: String) {
    #expect(likeness(text).row != likeness("Name a fern.").row)
    #expect(likeness(text).prompt != likeness("Name a fern.").prompt)
  }

  @Test func `texts are alike as their words are, at every length and place of a block`() {
    let pieces = [" ", "  ", "\n", "a", "bc", "Def", "é", "Я", "\u{2003}", "日本", "😀", "\u{A0}", "\t \t", "1"]
    var generator = SeededGenerator(seed: 5)
    var keys: [String: WideKey] = [:]
    for _ in 0..<3000 {
      let count = Int(generator.next() % 30)
      let text = (0..<count).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }.joined()
      let key = likeness(text).row
      #expect(key == likeness(plain(text)).row)
      let earlier = keys.updateValue(key, forKey: plain(text))
      #expect(earlier == nil || earlier == key)
    }
    #expect(Set(keys.values).count == keys.count)
  }

  @Test(arguments: [
    ("NAME A FERN", "name a fern"), ("ÄÖÜ ÉÈ Ÿ", "äöü éè ÿ"), ("ПРИВЕТ Ёж", "привет ёж"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("ŁÓDŹ ŽLUŤ", "łódź žluť"),
  ])
  func `case makes no difference for groups, and does for rows`(upper: String, lower: String) {
    #expect(likeness(upper).prompt == likeness(lower).prompt)
    #expect(likeness(upper).conversation == likeness(lower).conversation)
    #expect(likeness(upper).row != likeness(lower).row)
  }

  @Test func `what is folded are two-byte letters as Unicode folds them`() {
    for value in UInt32(0x80)...0x7FF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let lower = scalar.properties.lowercaseMapping
      let text = String(Character(scalar))
      if likeness(text).prompt == likeness(lower).prompt || lower.utf8.count != 2 { continue }
      // Letters beyond those that are promised.
      let isPromised =
        (0xC0...0x17E).contains(value) || (0x386...0x3AB).contains(value) || (0x400...0x52F).contains(value)
      #expect(!isPromised, "U+\(String(value, radix: 16))")
    }
  }

  @Test func `the border between messages counts`() {
    let one = [Message(role: "user", content: "a b")]
    let two = [Message(role: "user", content: "a"), Message(role: "user", content: "b")]
    #expect(likeness(one, "c").prompt != likeness(two, "c").prompt)
    #expect(likeness(one, "c").row != likeness(two, "c").row)
    let called = [Message(role: "user", content: "a", extra: #"{"name":"b"}"#)]
    #expect(likeness(called, "c").row != likeness([Message(role: "user", content: "a")], "c").row)
  }

  @Test func `a longer conversation begins with the one that it continues`() {
    let short = likeness("Q", "A")
    let long = likeness(
      [
        Message(role: "user", content: "q "), Message(role: "assistant", content: "a\n"),
        Message(role: "user", content: "more"),
      ], "b")
    #expect(long.beginnings == [short.conversation])
    #expect(short.beginnings.isEmpty)
  }
}
