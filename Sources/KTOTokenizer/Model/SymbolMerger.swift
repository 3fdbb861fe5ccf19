/// Merges the symbols of one pre-token of any length.
///
/// Up to 64 symbols are merged in one window. Longer pre-tokens are merged in windows of which only the tokens are
/// kept that BPE gives for the whole as well: windows that overlap, several at a time (`chain`), or where those do not
/// meet, one after the other (`tokens`).
///
/// Why windows are exact: let every two neighbours of a sequence of tokens be what BPE gives for their own symbols.
/// Then BPE gives that sequence for the whole. For look at BPE's first merge across a border between two tokens;
/// until then what happened inside the two is what happens to them alone, where pairs are taken in the same order,
/// so that alone they would be merged across that border as well. Neighbours from one window are such pairs by the
/// same argument, so that only the pair at each seam is checked, or is one that an overlapping window has, too.
struct SymbolMerger: ~Copyable {
  static let windowCount = 64
  /// Symbols at a window's end whose tokens are not trusted, to save checks that fail.
  private static let margin = 12

  /// For several pre-tokens, or parts of one, at a time.
  let windows = MergeWindows(count: 16, capacity: SymbolMerger.windowCount)
  private let window = MergeWindows(count: 1, capacity: MergeWindows.largestCapacity)
  private let seam = MergeWindows(count: 1, capacity: MergeWindows.largestCapacity)

  /// A token of a pre-token: its id and its first symbol.
  struct Token: Equatable {
    var id: UInt32
    private var first: UInt32

    init(id: UInt32, start: Int) {
      self.id = id
      first = UInt32(start)
    }

    var start: Int { Int(first) }
  }

  /// What a pre-token's symbols are.
  @safe enum Symbols {
    /// Ids of the vocabulary.
    case ids(UnsafePointer<UInt32>)
    /// Bytes, with their ids and the ranks of their pairs.
    case bytes(UnsafePointer<UInt8>, ids: UnsafePointer<UInt32>, pairRanks: UnsafePointer<UInt32>)

    func id(at index: Int) -> UInt32 {
      switch self {
      case .ids(let ids): unsafe ids[index]
      case .bytes(let bytes, let ids, _): unsafe ids[Int(bytes[index])]
      }
    }
  }

  /// Merges and writes the tokens; answers how many they are, no more than there are symbols.
  ///
  /// - Parameter output: room for as many ids.
  @inline(__always)
  func merge(
    _ symbols: Symbols, count: Int, _ table: borrowing MergeTable.Lookup,
    into output: UnsafeMutablePointer<UInt32>
  ) -> Int {
    if count == 0 { return 0 }
    if count <= Self.windowCount {
      window.fill(0, symbols, 0, count: count, table)
      window.merge(1, table)
      return unsafe window.write(0, to: output)
    }
    if let written = unsafe chain(symbols, count: count, table, into: output) { return written }
    let tokens = tokens(symbols, count: count, table)
    for (index, token) in tokens.enumerated() { unsafe output[index] = token.id }
    return tokens.count
  }

  /// The tokens of any number of symbols, each with its place.
  /// - Complexity: O(count) where windows have seams that hold; otherwise O(count log count).
  func tokens(_ symbols: Symbols, count: Int, _ table: borrowing MergeTable.Lookup) -> [Token] {
    var tokens: [Token] = []
    tokens.reserveCapacity(count / 3)
    var start = 0
    var size = Self.windowCount
    // The farthest seam that did not hold, and how much larger the next window becomes when one up to there fails.
    var farthestFailure = -1
    var extra = Self.windowCount
    while start < count {
      let length = min(size, count - start)
      guard length <= MergeWindows.largestCapacity else {
        // No window had a seam that holds: take all in one.
        return HeapMerger.tokens((0..<count).map(symbols.id(at:)), table)
      }
      window.fill(0, symbols, start, count: length, table)
      window.merge(1, table)
      if let last = tokens.last, !isStable(symbols, last, border: start, table) {
        // The token before is not one of the whole: take it up again, in a larger window, and in one larger still
        // where that did not lead on.
        tokens.removeLast()
        extra = start > farthestFailure ? Self.windowCount : extra + Self.windowCount
        farthestFailure = max(farthestFailure, start)
        size = start + length - last.start + extra
        start = last.start
        continue
      }
      let isLast = start + length == count
      let trusted = isLast ? length : length - Self.margin
      var position = 0
      repeat {
        tokens.append(Token(id: window.id(0, at: position), start: start + position))
        position = window.end(0, at: position)
      } while position < length && window.end(0, at: position) <= trusted
      if position == length, !isLast {
        // One token fills the window, so that its end is not known.
        tokens.removeLast()
        size += Self.windowCount
        continue
      }
      start += position
      size = Self.windowCount
    }
    return tokens
  }

  /// Whether BPE gives the token before the window and the window's first for the symbols of both.
  private func isStable(
    _ symbols: Symbols, _ left: Token, border: Int, _ table: borrowing MergeTable.Lookup
  ) -> Bool {
    let leftCount = border - left.start
    let count = leftCount + window.end(0, at: 0)
    guard count <= MergeWindows.largestCapacity else { return false }
    seam.fill(0, symbols, left.start, count: count, table)
    seam.merge(1, table)
    return seam.end(0, at: 0) == leftCount && seam.end(0, at: leftCount) == count
      && seam.id(0, at: 0) == left.id && seam.id(0, at: leftCount) == window.id(0, at: 0)
  }
}
