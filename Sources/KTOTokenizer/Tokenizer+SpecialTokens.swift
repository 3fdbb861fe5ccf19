extension Tokenizer {
  /// The first special token that a text holds, which encoding turns into its id wherever it stands.
  package func specialToken(in text: String) -> (text: String, id: UInt32)? {
    guard added.hasSpecialTokens else { return nil }
    let bytes = text.utf8.span
    guard !added.findsNoRawTokens(in: bytes) else { return nil }
    for case let section in added.sections(ofRaw: bytes) {
      guard let id = section.id, isSpecial(id), let token = token(of: id) else { continue }
      return (token, id)
    }
    return nil
  }
}
