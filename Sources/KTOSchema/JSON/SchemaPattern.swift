/// A regular expression of a schema, found anywhere in a text unless it is anchored.
struct SchemaPattern: Sendable {
  private let text: String

  /// Nil where Swift's engine does not take the expression.
  init?(_ text: String) {
    guard (try? Regex(text)) != nil else { return nil }
    self.text = text
  }

  /// `Regex` is not Sendable, so it is made for each use; our schemas use patterns rarely.
  func isFound(in candidate: String) -> Bool {
    guard let regex = try? Regex(text).matchingSemantics(.unicodeScalar) else { return false }
    return candidate.firstMatch(of: regex) != nil
  }
}
