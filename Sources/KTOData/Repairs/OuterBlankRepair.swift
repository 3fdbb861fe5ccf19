internal import KTOCore

/// Takes away white space around the texts that train. A text of white space alone stays, since it is an error of its
/// record; and so does the indentation of a first line where the lines below it are indented, too.
package struct OuterBlankRepair: Repair {
  package static let name = "blanks"
  package static let summary = "white space before and behind a prompt's or an answer's text is taken away"

  package init() {}

  package func repair(_ record: RepairedRecord) -> [RepairEdit] {
    record.texts.filter(\.isWhole).flatMap { text -> [RepairEdit] in
      guard let string = text.node.string, !isBlankText(string) else { return [] }
      let bytes = Array(string.utf8)
      let (head, tail) = (Self.blanksBefore(string), Self.blanksBehind(string))
      guard head + tail > 0, let literal = record.literal(text.node) else { return [] }
      var edits: [RepairEdit] = []
      if head > 0 { edits.append(RepairEdit(literal.raw(0..<head))) }
      if tail > 0 { edits.append(RepairEdit(literal.raw((bytes.count - tail)..<bytes.count))) }
      return edits
    }
  }

  /// Bytes of white space at the start, without the indentation of code.
  private static func blanksBefore(_ text: String) -> Int {
    let blank = text.unicodeScalars.prefix { $0.properties.isWhitespace }
    guard let lineEnd = blank.lastIndex(where: { $0 == "\n" }) else {
      return isIndented(below: text[...]) ? 0 : String(blank).utf8.count
    }
    let firstLine = text.unicodeScalars.index(after: lineEnd)
    return isIndented(below: text[firstLine...])
      ? text.utf8.distance(from: text.startIndex, to: firstLine) : String(blank).utf8.count
  }

  /// Whether the first line begins with white space and the second with as much.
  private static func isIndented(below text: Substring) -> Bool {
    let lines = text.split(separator: "\n", maxSplits: 2)
    guard lines.count > 1 else { return false }
    func indentation(_ line: Substring) -> Substring { line.prefix { $0 == " " || $0 == "\t" } }
    return !indentation(lines[0]).isEmpty && lines[1].hasPrefix(indentation(lines[0]))
  }

  private static func blanksBehind(_ text: String) -> Int {
    var count = 0
    for scalar in text.unicodeScalars.reversed() {
      guard scalar.properties.isWhitespace else { break }
      count += String(scalar).utf8.count
    }
    return count
  }
}
