/// A short, escaped piece of outside text that is safe to print in a message.
///
/// Control characters, bidirectional controls and anything invisible become escapes, so that no text from
/// a data file can move the cursor or hide what it says.
package func excerpt(_ text: some StringProtocol, limit: Int = 40) -> String {
  var shown = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return shown + "…" }
    count += 1
    switch scalar.value {
    case 0x0A: shown += "\\n"
    case 0x0D: shown += "\\r"
    case 0x09: shown += "\\t"
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF:
      shown += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}
