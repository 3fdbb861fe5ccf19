extension Tokenizer {
  /// Whether an id has a token.
  func hasToken(_ id: UInt32) -> Bool { decoder.decodings[id] != nil }
}
