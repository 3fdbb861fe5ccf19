extension Tokenizer {
  /// Appends the ids of UTF-8 text to others.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8; what `ids` holds
  ///   behind its earlier content is then not defined.
  package func encode(_ text: Span<UInt8>, addSpecialTokens: Bool, into ids: inout [UInt32]) throws {
    let bytes = unsafe text.withUnsafeBufferPointer { unsafe Array($0) }
    ids += try encode(bytes: bytes, addSpecialTokens: addSpecialTokens)
  }

  /// Whether an id has a token.
  func hasToken(_ id: UInt32) -> Bool { decodings[id] != nil }
}
