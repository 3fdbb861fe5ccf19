/// The ids of a text with the part of the input that each stands for.
package struct Encoding: Sendable, Equatable {
  package var ids: [UInt32]
  /// In bytes of the input. Tokens put around the text, and padding, stand for 0..<0.
  package var offsets: [Range<Int>]
  /// Whether a token was put around the text, or is padding. A special token of the text itself is not marked.
  package var specialMask: [Bool]
}

/// A token on its way to an `Encoding`.
struct TracedToken: Sendable, Equatable {
  var id: UInt32
  /// In bytes of the input.
  var range: Range<Int>
  /// How many of the token's characters are spaces at its beginning and at its end.
  var leadingSpaces = 0
  var trailingSpaces = 0
  var isSpecial = false

  /// A token put around a text.
  static func special(_ id: UInt32) -> TracedToken { TracedToken(id: id, range: 0..<0, isSpecial: true) }
}
