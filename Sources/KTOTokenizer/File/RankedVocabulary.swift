/// Tokens that are bytes and whose rank says which goes first, as tiktoken and tekken files hold them.
struct RankedVocabulary {
  /// No vocabulary has as many ids as this.
  static let limit = Vocabulary.idLimit

  /// By rank, empty where a rank has none.
  let tokens: [[UInt8]]
  /// What is added to a rank to make an id.
  let idOffset: UInt32
  let merges: [DerivedMerge]

  /// - Throws: `TokenizerError` where two ranks have the same token or one of the 256 bytes has none.
  init(_ tokens: [[UInt8]], idOffset: UInt32 = 0) throws(TokenizerError) {
    var byteIDs = [UInt32?](repeating: nil, count: 256)
    for (rank, token) in tokens.enumerated() where token.count == 1 {
      guard byteIDs[Int(token[0])] == nil else { throw Self.duplicate(rank) }
      byteIDs[Int(token[0])] = UInt32(rank) + idOffset
    }
    if let missing = byteIDs.firstIndex(of: nil) {
      throw .malformed(pointer: "", expected: "a token for the byte \(missing)", offset: 0)
    }
    var longer: [(id: UInt32, symbols: [UInt32])] = []
    longer.reserveCapacity(tokens.count)
    for (rank, token) in tokens.enumerated() where token.count > 1 {
      longer.append((UInt32(rank) + idOffset, token.compactMap { byteIDs[Int($0)] }))
    }
    self.tokens = tokens
    self.idOffset = idOffset
    merges = derivedMerges(of: longer)
  }

  private static func duplicate(_ rank: Int) -> TokenizerError {
    .malformed(pointer: "rank \(rank)", expected: "a token that no other rank has", offset: 0)
  }
}
