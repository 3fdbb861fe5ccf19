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
  let byLength = tokens.indices.sorted {
    (tokens[$0].symbols.count, $0) < (tokens[$1].symbols.count, $1)
  }
  for rank in byLength {
    let parts = table.withLookup { HeapMerger.tokens(tokens[rank].symbols, $0) }
    guard parts.count == 2 else { continue }
    table.insert(parts[0].id, parts[1].id, rank: UInt32(rank), merged: tokens[rank].id)
    found[rank] = DerivedMerge(left: parts[0].id, right: parts[1].id, merged: tokens[rank].id)
  }
  return found.compactMap(\.self)
}
