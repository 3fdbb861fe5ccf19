internal import CTextKernels

/// Memory for windows of symbols side by side, and BPE on some of them at a time.
///
/// The pair of lowest rank is merged first, the leftmost where it occurs more than once: `kto_merge_windows` looks for
/// the smallest of all keys again and again.
@safe struct MergeWindows: ~Copyable {
  /// A key holds a position in 9 bits, below 22 of a rank, and is not negative: SSE 2 compares only signed numbers.
  static let largestCapacity = 512
  private static let positionBits: Int32 = 9
  /// Room before and behind the symbols: for the borders, and for a whole vector.
  private static let margin = 16

  /// How many windows there are, and how many symbols each may hold.
  let count: Int
  let capacity: Int
  private let windows: UnsafeMutablePointer<kto_window>
  private let memory: UnsafeMutableRawPointer
  private let vectors: kto_vectors

  init(count: Int, capacity: Int, vectors: kto_vectors = kto_best_vectors()) {
    self.count = count
    self.capacity = capacity
    self.vectors = vectors
    let room = Self.margin + capacity + Self.margin
    // Two words and two halves a position.
    let stride = room * 12
    unsafe memory = .allocate(byteCount: count * stride, alignment: 64)
    unsafe windows = .allocate(capacity: count)
    for index in 0..<count {
      let start = unsafe memory + index * stride
      let ids = unsafe start.bindMemory(to: UInt32.self, capacity: room) + Self.margin
      let keys = unsafe (start + room * 4).bindMemory(to: Int32.self, capacity: room) + Self.margin
      let nexts = unsafe (start + room * 8).bindMemory(to: Int16.self, capacity: room) + Self.margin
      let previouses = unsafe (start + room * 10).bindMemory(to: Int16.self, capacity: room) + Self.margin
      unsafe ids[-1] = UInt32(KTO_BORDER_ID)
      var window = unsafe kto_window()
      unsafe window.ids = ids
      unsafe window.keys = keys
      unsafe window.nexts = nexts
      unsafe window.previouses = previouses
      unsafe (windows + index).initialize(to: window)
    }
  }

  deinit {
    unsafe windows.deallocate()
    unsafe memory.deallocate()
  }

  /// Fills a window with symbols from `start` on, 1 to `capacity` of them.
  @inline(__always)
  func fill(
    _ index: Int, _ symbols: SymbolMerger.Symbols, _ start: Int, count: Int,
    _ table: borrowing MergeTable.Lookup
  ) {
    let window = unsafe windows + index
    unsafe window.pointee.count = Int64(count)
    let ids = unsafe window.pointee.ids.unsafelyUnwrapped
    let keys = unsafe window.pointee.keys.unsafelyUnwrapped
    let ramp = SIMD16<Int16>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    // The border behind the last symbol has a neighbour, too.
    for first in stride(from: 0, through: count, by: 16) {
      let positions = ramp &+ Int16(truncatingIfNeeded: first)
      unsafe UnsafeMutableRawPointer(window.pointee.nexts + first).storeBytes(
        of: positions &+ 1, as: SIMD16<Int16>.self)
      unsafe UnsafeMutableRawPointer(window.pointee.previouses + first).storeBytes(
        of: positions &- 1, as: SIMD16<Int16>.self)
      unsafe UnsafeMutableRawPointer(keys + first).storeBytes(
        of: SIMD16(repeating: .max), as: SIMD16<Int32>.self)
    }
    switch symbols {
    case .ids(let all):
      let symbols = unsafe all + start
      for position in 0..<count { unsafe ids[position] = symbols[position] }
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
    unsafe ids[count] = UInt32(KTO_BORDER_ID)
  }

  /// Merges the first windows, which are filled.
  @inline(__always)
  func merge(_ count: Int, _ table: borrowing MergeTable.Lookup) {
    unsafe kto_merge_windows(vectors, windows, Int64(count), table.merges)
  }

  /// The token of a window that begins at a position.
  @inline(__always)
  func id(_ index: Int, at position: Int) -> UInt32 { unsafe windows[index].ids[position] }

  /// Where the token of a window that begins at a position ends.
  @inline(__always)
  func end(_ index: Int, at position: Int) -> Int { unsafe Int(windows[index].nexts[position]) }

  /// Writes the tokens of a window and answers how many they are.
  @inline(__always)
  func write(_ index: Int, to output: UnsafeMutablePointer<UInt32>) -> Int {
    let window = unsafe windows[index]
    let count = unsafe Int(window.count)
    var written = 0
    var position = 0
    while position < count {
      unsafe output[written] = window.ids[position]
      written &+= 1
      position = unsafe Int(window.nexts[position])
    }
    return written
  }

  @inline(__always)
  private func key(_ rank: UInt32, _ position: Int) -> Int32 {
    Int32(truncatingIfNeeded: rank) &<< Self.positionBits | Int32(truncatingIfNeeded: position)
  }
}
