/// Memory for up to 512 symbols side by side, and BPE on it.
///
/// The pair of lowest rank is merged first, the leftmost where it occurs more than once: the smallest of all keys is
/// looked for again and again, eight at a time.
@safe struct MergeWindow: ~Copyable {
  /// A key holds a position in 9 bits, below 22 of a rank, and is not negative: SSE 2 compares only signed numbers.
  static let capacity = 512
  private static let positionBits: Int32 = 9
  private static let positionMask: Int32 = 511
  private static let noMerge = Int32(MergeTable.none) << positionBits

  /// By position, the token that begins there.
  let ids: UnsafeMutablePointer<UInt32>
  /// The rank of the pair at a position above the position; `.max` where no token begins.
  private let keys: UnsafeMutablePointer<Int32>
  /// By position, where the token that begins there ends.
  let nexts: UnsafeMutablePointer<UInt16>
  private let previouses: UnsafeMutablePointer<UInt16>

  init() {
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

  /// Merges 1 to `capacity` symbols.
  func merge(_ symbols: UnsafePointer<UInt32>, count: Int, _ table: borrowing MergeTable.Lookup) {
    unsafe ids.update(from: symbols, count: count)
    for position in 0..<(count &- 1) {
      unsafe keys[position] = key(table.rank(symbols[position], symbols[position &+ 1]), position)
    }
    mergeLoaded(count, table)
  }

  /// Merges 1 to `capacity` symbols that are bytes, whose pairs have a table of their own.
  @inline(__always)
  func merge(
    bytes: UnsafePointer<UInt8>, count: Int, ids byteIDs: UnsafePointer<UInt32>,
    pairRanks: UnsafePointer<UInt32>, _ table: borrowing MergeTable.Lookup
  ) {
    for position in 0..<count { unsafe ids[position] = byteIDs[Int(bytes[position])] }
    for position in 0..<(count &- 1) {
      let pair = unsafe Int(bytes[position]) &<< 8 | Int(bytes[position &+ 1])
      unsafe keys[position] = key(pairRanks[pair], position)
    }
    mergeLoaded(count, table)
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

  private func mergeLoaded(_ count: Int, _ table: borrowing MergeTable.Lookup) {
    for position in 0..<count {
      unsafe nexts[position] = UInt16(truncatingIfNeeded: position &+ 1)
      unsafe previouses[position] = UInt16(truncatingIfNeeded: position &- 1)
    }
    for position in (count &- 1)..<(count &+ 8) { unsafe keys[position] = .max }
    let vectors = (count &+ 7) / 8
    while true {
      var smallest = vector(0)
      for index in 1..<max(vectors, 1) { smallest = pointwiseMin(smallest, vector(index)) }
      let best = smallest.min()
      if best >= Self.noMerge { return }
      let position = Int(best & Self.positionMask)
      let right = unsafe Int(nexts[position])
      let after = unsafe Int(nexts[right])
      let merged = table.id(ofRank: UInt32(truncatingIfNeeded: best &>> Self.positionBits))
      unsafe ids[position] = merged
      unsafe nexts[position] = UInt16(truncatingIfNeeded: after)
      unsafe keys[right] = .max
      if after < count {
        unsafe previouses[after] = UInt16(truncatingIfNeeded: position)
        unsafe keys[position] = key(table.rank(merged, ids[after]), position)
      } else {
        unsafe keys[position] = .max
      }
      if position > 0 {
        let left = unsafe Int(previouses[position])
        unsafe keys[left] = key(table.rank(ids[left], merged), left)
      }
    }
  }

  @inline(__always)
  private func vector(_ index: Int) -> SIMD8<Int32> {
    unsafe UnsafeRawPointer(keys).loadUnaligned(fromByteOffset: index &* 32, as: SIMD8<Int32>.self)
  }
}
