internal import CTextKernels

/// Memory for up to 512 symbols side by side, and BPE on it.
///
/// The pair of lowest rank is merged first, the leftmost where it occurs more than once: `kto_merge_window` looks for
/// the smallest of all keys again and again.
@safe struct MergeWindow: ~Copyable {
  /// A key holds a position in 9 bits, below 22 of a rank, and is not negative: SSE 2 compares only signed numbers.
  static let capacity = 512
  private static let positionBits: Int32 = 9

  /// By position, the token that begins there.
  let ids: UnsafeMutablePointer<UInt32>
  /// The rank of the pair at a position above the position; `.max` where no token begins.
  private let keys: UnsafeMutablePointer<Int32>
  /// By position, where the token that begins there ends.
  let nexts: UnsafeMutablePointer<UInt16>
  private let previouses: UnsafeMutablePointer<UInt16>
  private let vectors: kto_vectors

  init(vectors: kto_vectors = kto_best_vectors()) {
    self.vectors = vectors
    // Room behind the last for a whole vector, and for the neighbour of the last.
    let room = Self.capacity + 16
    unsafe ids = .allocate(capacity: room)
    unsafe keys = .allocate(capacity: room)
    unsafe nexts = .allocate(capacity: room)
    unsafe previouses = .allocate(capacity: room)
  }

  deinit {
    unsafe ids.deallocate()
    unsafe keys.deallocate()
    unsafe nexts.deallocate()
    unsafe previouses.deallocate()
  }

  /// Merges 1 to `capacity` symbols, from `start` on.
  @inline(__always)
  func merge(
    _ symbols: SymbolMerger.Symbols, _ start: Int, count: Int, _ table: borrowing MergeTable.Lookup
  ) {
    switch symbols {
    case .ids(let all):
      let symbols = unsafe all + start
      unsafe ids.update(from: symbols, count: count)
      for position in 0..<(count &- 1) {
        unsafe keys[position] = key(table.rank(symbols[position], symbols[position &+ 1]), position)
      }
    case .bytes(let all, let byteIDs, let pairRanks):
      let bytes = unsafe all + start
      for position in 0..<count { unsafe ids[position] = byteIDs[Int(bytes[position])] }
      for position in 0..<(count &- 1) {
        let pair = unsafe Int(bytes[position]) &<< 8 | Int(bytes[position &+ 1])
        unsafe keys[position] = key(pairRanks[pair], position)
      }
    }
    let window = unsafe kto_window(ids: ids, keys: keys, nexts: nexts, previouses: previouses)
    unsafe kto_merge_window(vectors, window, Int64(count), table.merges)
  }

  /// Writes the tokens and answers how many they are.
  @inline(__always)
  func write(count: Int, to output: UnsafeMutablePointer<UInt32>) -> Int {
    var written = 0
    var position = 0
    while position < count {
      unsafe output[written] = ids[position]
      written &+= 1
      position = unsafe Int(nexts[position])
    }
    return written
  }

  @inline(__always)
  private func key(_ rank: UInt32, _ position: Int) -> Int32 {
    Int32(truncatingIfNeeded: rank) &<< Self.positionBits | Int32(truncatingIfNeeded: position)
  }
}
