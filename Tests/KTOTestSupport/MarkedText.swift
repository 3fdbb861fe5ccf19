/// A text with marks where findings are expected: `name: ⟦C02: must be a string⟧12`.
///
/// A mark contains a code and a part of the message, which may be empty. It stands right before the byte whose place
/// the finding has; several marks may stand at one place. A code with a `*` (`⟦C04*: is missing⟧`) is expected about
/// the whole of the text, without a line.
package struct MarkedText: Sendable {
  /// The text without its marks.
  package let text: String
  /// What is expected, in the order of the text.
  package let expected: [ExpectedFinding]

  package var bytes: [UInt8] { Array(text.utf8) }

  /// - Throws: `Malformed` for a mark without an end or a code.
  package init(_ marked: String) throws(Malformed) {
    var text = ""
    var expected: [ExpectedFinding] = []
    var rest = Substring(marked)
    while let begin = rest.firstIndex(of: "⟦") {
      text += rest[..<begin]
      let inner = rest[rest.index(after: begin)...]
      guard let end = inner.firstIndex(of: "⟧"), let colon = inner[..<end].firstIndex(of: ":") else {
        throw Malformed(mark: String(rest[begin...].prefix(40)))
      }
      let code = inner[..<colon]
      let message = inner[inner.index(after: colon)..<end]
      expected.append(
        ExpectedFinding(
          code: String(code.prefix { $0 != "*" }), place: code.hasSuffix("*") ? nil : Self.end(of: text),
          messagePart: String(message.drop { $0 == " " })))
      rest = inner[inner.index(after: end)...]
    }
    self.text = text + rest
    self.expected = expected
  }

  /// Line and column of the byte after the text.
  private static func end(of text: String) -> ExpectedFinding.Place {
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return ExpectedFinding.Place(line: lines.count, column: (lines.last?.count ?? 0) + 1)
  }

  /// A mark that cannot be read.
  package struct Malformed: Error, Equatable {
    package var mark: String
  }
}

/// A finding that a mark expects.
package struct ExpectedFinding: Sendable, Equatable {
  /// Line and column from 1; the column counts UTF-8 bytes.
  package struct Place: Sendable, Equatable {
    package var line: Int
    package var column: Int
  }

  package var code: String
  /// Nil for the whole of the text.
  package var place: Place?
  package var messagePart: String
}
