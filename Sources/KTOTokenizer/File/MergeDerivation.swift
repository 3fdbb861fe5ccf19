/// Two tokens that become a third.
struct DerivedMerge: Equatable {
  var left: UInt32
  var right: UInt32
  var merged: UInt32
}

/// The merges of a vocabulary that lists none, because its order of tokens says which pair goes first.
///
/// tiktoken and sentencepiece join whichever two neighbours make the token that comes first in that order (of the
/// same token the leftmost), however the two came about. That looks as if every way to cut a token in two were a
/// merge, but each token is only ever made in one way, so one merge a token gives the same ids:
///
/// Let a token T be made somewhere in a text. No join crossed the ends of T's bytes before, or T would not be cut
/// out there; so every join inside was first among the pairs inside, and these were the joins, in the order, of T
/// taken alone. Those are determined, the last of them too. A pair of other tokens that would also make T is never
/// the one that goes first, since then T would have been made of it.
///
/// By the same argument T taken alone needs only the merges of shorter tokens, so one pass by length finds all. A
/// token that does not come out of its own symbols is never made at all.
/// - Parameter tokens: those of two symbols or more, the one that goes first at the beginning.
/// - Returns: the merges in that order.
func derivedMerges(of tokens: [(id: UInt32, symbols: [UInt32])]) -> [DerivedMerge] {
  var table = MergeTable(capacity: tokens.count)
  var found = [DerivedMerge?](repeating: nil, count: tokens.count)
  let merger = SymbolMerger()
  let byLength = tokens.indices.sorted {
    (tokens[$0].symbols.count, $0) < (tokens[$1].symbols.count, $1)
  }
  var parts = GrowingBuffer<UInt32>()
  for rank in byLength {
    parts.reserve(tokens[rank].symbols.count)
    let count = unsafe tokens[rank].symbols.withUnsafeBufferPointer { symbols in
      guard let base = symbols.baseAddress else { return 0 }
      return table.withLookup { unsafe merger.merge(.ids(base), count: symbols.count, $0, into: parts.end) }
    }
    guard count == 2 else { continue }
    let merge = unsafe DerivedMerge(left: parts.start[0], right: parts.start[1], merged: tokens[rank].id)
    table.insert(merge.left, merge.right, rank: UInt32(rank), merged: merge.merged)
    found[rank] = merge
  }
  return found.compactMap(\.self)
}

extension MergeTable {
  /// Merges whose rank is their place.
  init(_ merges: [DerivedMerge]) {
    self.init(capacity: merges.count)
    for (rank, merge) in merges.enumerated() {
      insert(merge.left, merge.right, rank: UInt32(rank), merged: merge.merged)
    }
  }
}

extension Vocabulary {
  /// Gives a token its id.
  /// - Throws: `TokenizerError.duplicateToken`, `.idOutOfRange`.
  mutating func add(_ token: [UInt8], id: UInt32) throws(TokenizerError) {
    let text = String(decoding: token, as: UTF8.self)
    guard Int(id) < Self.idLimit, self[id] == nil else {
      throw .idOutOfRange(token: text, limit: Self.idLimit - 1)
    }
    switch insert(token, id: id) {
    case .new: return
    case .known: throw .duplicateToken(text, offset: 0)
    case .full: throw .idOutOfRange(token: text, limit: Self.idLimit - 1)
    }
  }
}
