/// Writes HTML of which no text becomes markup: texts are escaped, and only what is a `StaticString` is taken as it is.
struct HTMLWriter {
  private(set) var bytes: [UInt8] = []

  /// Markup of this program.
  mutating func raw(_ markup: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: markup.utf8Start, count: markup.utf8CodeUnitCount))
  }

  /// A text, also within the quotation marks of an attribute.
  ///
  /// Control characters and those that turn the direction of a line are shown by their numbers.
  mutating func text(_ text: some StringProtocol) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": raw("&amp;")
      case "<": raw("&lt;")
      case ">": raw("&gt;")
      case "\"": raw("&quot;")
      case "'": raw("&#39;")
      default:
        if Self.isShownByNumber(scalar.value) {
          bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
        } else if let encoded = UTF8.encode(scalar) {
          bytes.append(contentsOf: encoded)
        }
      }
    }
  }

  private static func isShownByNumber(_ code: UInt32) -> Bool {
    switch code {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// An element with a text in it.
  mutating func element(_ name: StaticString, _ text: some StringProtocol) {
    raw("<")
    raw(name)
    raw(">")
    self.text(text)
    raw("</")
    raw(name)
    raw(">")
  }

  /// An element of a class with a text in it.
  mutating func element(_ name: StaticString, class kind: StaticString, _ text: some StringProtocol) {
    raw("<")
    raw(name)
    raw(" class=\"")
    raw(kind)
    raw("\">")
    self.text(text)
    raw("</")
    raw(name)
    raw(">")
  }

  mutating func line() { bytes.append(0x0A) }

  /// A table whose first column heads its rows.
  mutating func table(_ table: StatisticTable) {
    raw("<div class=\"wide\"><table><thead><tr>")
    for cell in table.header {
      raw("<th scope=\"col\">")
      text(cell)
      raw("</th>")
    }
    raw("</tr></thead><tbody>")
    for row in table.rows {
      raw("<tr>")
      for (column, cell) in row.enumerated() {
        if column == 0 {
          raw("<th scope=\"row\">")
          text(cell)
          raw("</th>")
        } else {
          element("td", cell)
        }
      }
      raw("</tr>")
    }
    raw("</tbody></table></div>")
    line()
  }
}
