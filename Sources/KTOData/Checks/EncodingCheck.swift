package import KTOCore

/// W06: characters that show a damaged text: U+FFFD, NUL, and UTF-8 that was once read as Latin-1 or
/// Windows-1252 ("Ã©" for "é").
package struct EncodingCheck: Check {
  package static let codes = [
    Code(
      "W06", .warning, "a text holds characters that show damage",
      why: "Damaged characters are learnt like any others, and the model then writes them.",
      example: #"{"prompt": "Hi", "completion": "a cafÃ© in Paris", "label": true}"#,
      remedy:
        "Look at how the text was read and saved; UTF-8 that was read in another encoding can be read again.")
  ]

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    for (part, messages) in [("prompt", row.example.prompt), ("completion", row.example.completion)] {
      guard let damage = firstDamage(in: messages) else { continue }
      findings.find(
        Self.codes[0], "the \(part) holds \(damage)", hint: "look at how the text was read and saved")
    }
  }

  private func firstDamage(in messages: [Message]) -> String? {
    for message in messages {
      if let found = damage(message.content) { return found }
    }
    return nil
  }

  private func damage(_ text: String) -> String? {
    // Only these lead bytes can begin what is looked for; most texts have none of them.
    let bytes = text.utf8.span
    let leads: [UInt8] = [0, 0xC2, 0xC3, 0xEF]
    guard leads.contains(where: { firstIndex(of: $0, in: bytes, from: 0) != nil }) else { return nil }
    var previous: UInt32 = 0
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value == 0 { return "a NUL character" }
      if value == 0xFFFD { return "U+FFFD, the mark of a character that was lost" }
      let isContinuation = (0x80...0xBF).contains(value)
      if previous == 0xC3, isContinuation { return mojibake(previous, scalar) }
      if previous == 0xC2, isContinuation, value != 0xA0 { return mojibake(previous, scalar) }
      if previous == 0xE2, value == 0x20AC { return mojibake(previous, scalar) }
      previous = value
    }
    return nil
  }

  private func mojibake(_ first: UInt32, _ second: Unicode.Scalar) -> String {
    var shown = ""
    if let scalar = Unicode.Scalar(first) { shown.unicodeScalars.append(scalar) }
    shown.unicodeScalars.append(second)
    return "\"\(excerpt(shown))\", which looks like UTF-8 read in another encoding"
  }
}
