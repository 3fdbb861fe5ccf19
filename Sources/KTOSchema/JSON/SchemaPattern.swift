/// A regular expression of a schema, found anywhere in a text unless it is anchored.
///
/// Meant as ECMA-262 has it, by Swift's engine: `\d` and `\w` are of ASCII, `$` is the end of the text alone.
struct SchemaPattern: Sendable {
  private let text: String

  /// Nil where Swift's engine does not take the expression.
  init?(_ text: String) {
    let text = Self.translated(text)
    guard (try? Regex(text)) != nil else { return nil }
    self.text = text
  }

  /// `Regex` is not Sendable, so it is made for each use; our schemas use patterns rarely.
  func isFound(in candidate: String) -> Bool {
    guard let regex = try? Regex(text) else { return false }
    return candidate.firstMatch(
      of: regex.matchingSemantics(.unicodeScalar).asciiOnlyDigits().asciiOnlyWordCharacters()) != nil
  }

  /// The expression in the engine's own words, where these differ: `\z` for the end, `\cX` as a character, and the long
  /// names of scripts and categories.
  private static func translated(_ text: String) -> String {
    var result = ""
    var isInClass = false
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\\":
        guard let next = rest.popFirst() else { return text }
        if next == "c", let letter = rest.first, let value = letter.asciiValue, letter.isLetter {
          rest.removeFirst()
          result += "\\u{\(String(value & 31, radix: 16))}"
        } else if next == "/" || next == "-" && !isInClass {
          result.append(next)
        } else {
          result += "\\\(next)"
        }
        continue
      case "[": isInClass = true
      case "]": isInClass = false
      case "$" where !isInClass:
        result += "\\z"
        continue
      default: break
      }
      result.append(character)
    }
    return result
  }
}
