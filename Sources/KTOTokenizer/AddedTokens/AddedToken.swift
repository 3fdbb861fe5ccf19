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
  /// Is looked for in text; otherwise the token is only known by its id, and decoded.
  var isFound = true
  /// What stands for the token in normalized text and is decoded, where that is not what the normalizers make of it.
  var form: [UInt8]?
}

extension AddedToken {
  /// A special token that is looked for in text as it is.
  init(special content: String, isFound: Bool = true) {
    self.init(
      content: content, isSingleWord: false, stripsLeft: false, stripsRight: false, isNormalized: false,
      isSpecial: true, isFound: isFound)
  }
}
