/// A token outside the model's merges, found in the text before anything else happens to it.
package struct AddedToken: Sendable, Equatable {
  package var content: String
  /// Matches only where no word character stands next to it.
  package var isSingleWord: Bool
  /// Takes the white space on its left with it.
  package var stripsLeft: Bool
  /// Takes the white space on its right with it.
  package var stripsRight: Bool
  /// Is looked for in the normalized text, in its own normalized form.
  package var isNormalized: Bool
  /// Is left out of decoded text on request.
  package var isSpecial: Bool
}
