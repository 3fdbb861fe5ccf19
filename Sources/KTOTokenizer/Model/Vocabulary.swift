internal import CTextKernels
internal import Glibc

/// The tokens of a vocabulary, by id and by the bytes they are written with.
///
/// The bytes lie side by side in one array. Keys are compared by bytes, never as `String`s, whose equality is
/// canonical equivalence. The hash is seeded anew for each, so that no file can be made whose keys all collide.
struct Vocabulary: Sendable {
  /// No vocabulary has as many tokens as this; `MergeTable` packs ids into 21 bits, of which the last stands for none.
  static let idLimit = Int(KTO_BORDER_ID)

  /// Where the bytes of a token lie, with its id and a part of its hash, so that most look-ups that fail read no
  /// more than this.
  private struct Slot: BitwiseCopyable {
    var hash: UInt32
    var start: UInt32
    /// −1 where the slot is free.
    var count: Int32
    var id: UInt32
  }

  private static let free = Slot(hash: 0, start: 0, count: -1, id: 0)

  private var arena: [UInt8] = []
  private var slots: LargeTable<Slot>
  private let seed: UInt64
  /// Where in `arena` the bytes of each id lie; a count of −1 where it has no token.
  private var ranges: [(start: UInt32, count: Int32)] = []

  /// The number of different tokens.
  private(set) var count = 0
  /// The bytes of the longest token.
  private(set) var longest = 0

  init(minimumCapacity: Int, byteCapacity: Int = 0) {
    var size = 16
    while Self.isTooSmall(size, for: minimumCapacity) { size *= 2 }
    slots = LargeTable(repeating: Self.free, count: size)
    seed = UInt64.random(in: 0...UInt64.max)
    ranges.reserveCapacity(minimumCapacity)
    arena.reserveCapacity(byteCapacity > 0 ? byteCapacity : minimumCapacity * 8)
  }

  /// Whether so many tokens would fill more than two thirds of the slots.
  private static func isTooSmall(_ slotCount: Int, for count: Int) -> Bool { count * 3 > slotCount * 2 }

  /// One more than the largest id.
  var idBound: Int { ranges.count }

  /// The id of a token. O(bytes).
  func find(_ key: Span<UInt8>) -> UInt32? {
    unsafe key.withUnsafeBufferPointer { unsafe find($0) }
  }

  /// The id of a token written as text.
  func find(_ key: String) -> UInt32? {
    let bytes = key.utf8Span
    return find(bytes.span)
  }

  func find(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? { unsafe find(key, hash: hash(key)) }

  /// `find` with the key's hash.
  func find(_ key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UInt32? {
    let slot = unsafe slots[place(of: key, hash)]
    return slot.count < 0 ? nil : slot.id
  }

  /// The hash of a key, by which it is found.
  func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 { unsafe byteHash(key, seed: seed) }

  /// Has the memory fetched that looking for that hash reads first.
  func prefetch(_ hash: UInt64) {
    unsafe kto_prefetch(slots.start + firstPlace(hash))
  }

  /// Has fetched what is read next, when the memory of `prefetch` has come.
  func prefetchBytes(_ hash: UInt64) {
    let slot = unsafe slots.start[firstPlace(hash)]
    unsafe arena.withUnsafeBufferPointer { arena in
      guard slot.hash == UInt32(truncatingIfNeeded: hash), let base = arena.baseAddress else { return }
      unsafe kto_prefetch(base + Int(slot.start))
    }
  }

  /// The bytes a token is written with; nil where the id has none.
  subscript(id: UInt32) -> ArraySlice<UInt8>? {
    guard Int(id) < ranges.count, ranges[Int(id)].count >= 0 else { return nil }
    let start = Int(ranges[Int(id)].start)
    return arena[start..<start + Int(ranges[Int(id)].count)]
  }

  /// Whether the id's token is written with these bytes, and found by them.
  func has(_ key: UnsafeBufferPointer<UInt8>, at id: UInt32) -> Bool {
    guard Int(id) < ranges.count, Int(ranges[Int(id)].count) == key.count else { return false }
    let start = Int(ranges[Int(id)].start)
    return unsafe arena.withUnsafeBufferPointer { arena in
      for offset in 0..<key.count where unsafe arena[start + offset] != key[offset] { return false }
      return true
    }
  }

  /// The token as text.
  func text(of id: UInt32) -> String? { self[id].map { String(decoding: $0, as: UTF8.self) } }

  enum Insertion: Equatable { case new, known, full }

  /// Gives a token its id, which is below `idLimit`, unless it has one: then it keeps it.
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>, id: UInt32) -> Insertion {
    guard arena.count + key.count <= Int(UInt32.max), key.count <= Int(Int32.max), Int(id) < Self.idLimit
    else { return .full }
    if Self.isTooSmall(slots.count, for: count + 1) { grow() }
    let hash = unsafe hash(key)
    let index = unsafe place(of: key, hash)
    guard slots[index].count < 0 else { return .known }
    let start = UInt32(arena.count)
    slots[index] = Slot(
      hash: UInt32(truncatingIfNeeded: hash), start: start, count: Int32(key.count), id: id)
    if Int(id) >= ranges.count {
      ranges.append(contentsOf: repeatElement((start: 0, count: -1), count: Int(id) + 1 - ranges.count))
    }
    ranges[Int(id)] = (start, Int32(key.count))
    unsafe arena.append(contentsOf: key)
    count += 1
    longest = max(longest, key.count)
    return .new
  }

  /// `insert` for bytes in an array.
  mutating func insert(_ key: some Collection<UInt8>, id: UInt32) -> Insertion {
    unsafe Array(key).withUnsafeBufferPointer { unsafe insert($0, id: id) }
  }

  private mutating func grow() {
    let old = slots
    slots = LargeTable(repeating: Self.free, count: slots.count * 2)
    for place in 0..<old.count where old[place].count >= 0 {
      let slot = old[place]
      let start = Int(slot.start)
      let hash = unsafe arena.withUnsafeBufferPointer { arena -> UInt64 in
        unsafe self.hash(UnsafeBufferPointer(rebasing: arena[start..<start + Int(slot.count)]))
      }
      var index = firstPlace(hash)
      while slots[index].count >= 0 { index = (index + 1) & (slots.count - 1) }
      slots[index] = slot
    }
  }

  @inline(__always)
  private func firstPlace(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1) }

  private func place(of key: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    let (start, mask) = unsafe (slots.start, slots.count &- 1)
    return unsafe arena.withUnsafeBufferPointer { arena in
      var index = firstPlace(hash)
      while true {
        let slot = unsafe start[index]
        if slot.count < 0 { return index }
        if slot.hash == UInt32(truncatingIfNeeded: hash), Int(slot.count) == key.count {
          guard key.count > 0, let token = arena.baseAddress, let other = key.baseAddress else {
            return index
          }
          if unsafe memcmp(token + Int(slot.start), other, key.count) == 0 { return index }
        }
        index = (index &+ 1) & mask
      }
    }
  }
}

/// A hash of bytes whose every bit depends on all of them, 16 at a time by the product of their halves.
///
/// `seed` must be random: with a known one, colliding keys can be made.
@inline(__always)
func byteHash(_ key: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
  let bytes = UnsafeRawBufferPointer(key)
  let count = bytes.count
  let other = seed &* 0x9E37_79B9_7F4A_7C15
  func word(_ offset: Int) -> UInt64 { unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
  func half(_ offset: Int) -> UInt64 {
    unsafe UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
  var state = seed
  var low: UInt64 = 0
  var high: UInt64 = 0
  if count > 16 {
    var offset = 0
    if count > 64 {
      // Two products at a time, which do not wait for each other.
      var second = other
      while count &- offset > 32 {
        state = folded(word(offset) ^ other, word(offset &+ 8) ^ state)
        second = folded(word(offset &+ 16) ^ seed, word(offset &+ 24) ^ second)
        offset &+= 32
      }
      state ^= second
    }
    while count &- offset > 16 {
      state = folded(word(offset) ^ other, word(offset &+ 8) ^ state)
      offset &+= 16
    }
    low = word(count &- 16)
    high = word(count &- 8)
  } else if count >= 8 {
    low = word(0)
    high = word(count &- 8)
  } else if count >= 4 {
    low = half(0)
    high = half(count &- 4)
  } else if count > 0 {
    low = unsafe UInt64(bytes[0]) | UInt64(bytes[count / 2]) &<< 8 | UInt64(bytes[count &- 1]) &<< 16
  }
  return folded(folded(low ^ other, high ^ state) ^ UInt64(truncatingIfNeeded: count), other)
}

/// Folds the 128 bits of a product into 64.
@inline(__always)
private func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
