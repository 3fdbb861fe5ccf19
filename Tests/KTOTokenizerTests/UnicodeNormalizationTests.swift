import Testing

@testable import KTOTokenizer

private func normalized(_ text: String, _ form: NormalizationForm) -> [UInt8] {
  let bytes = Array(text.utf8)
  var aligned = AlignedText(bytes.span, isTraced: false)
  form.apply(to: &aligned)
  return aligned.bytes
}

struct UnicodeNormalizationTests {
  @Test func `text in a form is left as it is, wherever its bytes lie`() {
    for count in 0..<70 {
      let text = String(repeating: "x", count: count) + "é好한Я"
      #expect(normalized(text, .nfc) == Array(text.utf8))
    }
  }

  @Test func `what is odd is found at every place of a block`() {
    for count in 0..<70 {
      let text = String(repeating: "é", count: count) + "e\u{301}" + String(repeating: "好", count: count)
      let composed = String(repeating: "é", count: count + 1) + String(repeating: "好", count: count)
      #expect(normalized(text, .nfc) == Array(composed.utf8))
      #expect(normalized(normalized(text, .nfd).text, .nfc) == Array(composed.utf8))
    }
  }

  @Test func `a long run of marks is sorted`() {
    let marks = String(repeating: "\u{301}\u{323}", count: 500)
    let sorted =
      "\u{1EB9}" + String(repeating: "\u{323}", count: 499) + String(repeating: "\u{301}", count: 500)
    #expect(normalized("e" + marks, .nfc) == Array(sorted.utf8))
  }
}

extension [UInt8] {
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
