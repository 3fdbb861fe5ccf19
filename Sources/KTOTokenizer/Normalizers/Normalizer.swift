/// What is done to text before it is cut into pieces.
enum Normalizer: Sendable, Equatable {
  case nfc

  /// The normalized form of valid UTF-8.
  func normalize(_ text: [UInt8]) -> [UInt8] {
    switch self {
    case .nfc: CanonicalComposition.normalize(text)
    }
  }
}
