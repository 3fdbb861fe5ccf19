/// How tokens become text again.
enum TokenDecoder: Sendable, Equatable {
  /// Byte-level characters are mapped back to their bytes; a token that holds any other is left as it is.
  case byteLevel
  /// No decoder in the file: the tokens with a space between them.
  case spaced

  /// The bytes of one token.
  func bytes(of token: String) -> [UInt8] {
    switch self {
    case .byteLevel: ByteLevelAlphabet.decode(token) ?? Array(token.utf8)
    case .spaced: Array(token.utf8)
    }
  }
}
