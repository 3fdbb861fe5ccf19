internal import CByteMasks
internal import Glibc

/// Remembers the ids of pre-tokens, so that one seen before costs a look-up.
///
/// A hash table by open addressing at no more than half load. An entry is half a cache line: up to 15 bytes of the
/// pre-token with their count, and up to four ids; more ids, and longer pre-tokens, lie in arrays beside it. When
/// it is full it forgets everything. One belongs to one encoder. The hash is seeded a process.
@safe struct WordCache: ~Copyable {
  /// A pre-token of 1 to 15 bytes; the topmost byte holds the count, so no key is zero.
  struct Key {
    var low: UInt64
    var high: UInt64

    /// No pre-token's: what stands in a free place compares with another count.
    static var none: Key { Key(low: 0, high: 1 << 55) }

    init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }

    /// The key of a pre-token from which 16 bytes may be read.
    @inline(__always)
    init(_ word: UnsafePointer<UInt8>, _ length: Int) {
      let raw = unsafe UnsafeRawPointer(word)
      let bits = UInt64(truncatingIfNeeded: length) &<< 3
      let lowMask: UInt64 = length >= 8 ? .max : (1 &<< bits) &- 1
      let highMask: UInt64 = length <= 8 ? 0 : (1 &<< (bits &- 64)) &- 1
      low = unsafe raw.loadUnaligned(as: UInt64.self) & lowMask
      let upper = unsafe raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & highMask
      high = upper | UInt64(truncatingIfNeeded: length) &<< 56
    }

    /// The key of any pre-token.
    init(_ word: UnsafeBufferPointer<UInt8>) {
      low = 0
      high = UInt64(word.count) << 56
      for offset in 0..<word.count {
        let byte = unsafe UInt64(word[offset])
        if offset < 8 { low |= byte << UInt64(8 * offset) } else { high |= byte << UInt64(8 * offset - 64) }
      }
    }
  }

  /// A key with its hash.
  struct Probe {
    fileprivate var key: Key
    fileprivate var hash: UInt64
  }

  /// `high`'s topmost four bits hold how many ids there are, 15 where they lie in `spilled`.
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var ids: SIMD4<UInt32>
  }

  /// Longer pre-tokens are not remembered.
  static let longestKey = 15
  private static let initialBits = 12
  private static let largestBits = 20
  private static let isSpilled: UInt64 = 15
  private static let countShift: UInt64 = 60

  private var entries: UnsafeMutablePointer<Entry>
  private var bits: Int
  private var count = 0
  private var spilled: [UInt32] = []
  private let seed: UInt64

  init() {
    bits = Self.initialBits
    unsafe entries = Self.allocate(bits)
    seed = UInt64.random(in: 0...UInt64.max)
  }

  deinit { unsafe entries.deallocate() }

  /// Free entries, in large pages where they fill some: look-ups go everywhere, and small ones would each miss.
  private static func allocate(_ bits: Int) -> UnsafeMutablePointer<Entry> {
    let byteCount = 32 << bits
    let largePage = 1 << 21
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: byteCount >= largePage ? largePage : 64)
    if byteCount >= largePage { unsafe madvise(memory, byteCount, Int32(MADV_HUGEPAGE)) }
    let entries = unsafe memory.bindMemory(to: Entry.self, capacity: 1 << bits)
    unsafe entries.initialize(repeating: Entry(low: 0, high: 0, ids: SIMD4()), count: 1 << bits)
    return unsafe entries
  }

  /// Folds the 128 bits of a product of the key's halves.
  @inline(__always)
  func probe(_ key: Key) -> Probe {
    let product = (key.low ^ seed).multipliedFullWidth(by: key.high ^ 0x9E37_79B9_7F4A_7C15)
    return Probe(key: key, hash: (product.high ^ product.low) &* 0xD6E8_FEB8_6659_FD93)
  }

  @inline(__always)
  private func place(_ probe: Probe) -> Int { Int(truncatingIfNeeded: probe.hash &>> UInt64(64 &- bits)) }

  /// Has the memory fetched that `find` will look at first.
  @inline(__always)
  func prefetch(_ probe: Probe) { unsafe kto_prefetch(entries + place(probe)) }

  /// Writes the ids of a word seen before and answers how many they are; −1 for a new word.
  ///
  /// - Parameter output: room for four ids, and for as many as the word has bytes.
  @inline(__always)
  func find(_ probe: Probe, into output: UnsafeMutablePointer<UInt32>) -> Int {
    var index = place(probe)
    while true {
      let high = unsafe entries[index].high
      // All bits equal but the count of ids.
      if unsafe (entries[index].low ^ probe.key.low) | ((high ^ probe.key.high) &<< 4) == 0 {
        unsafe UnsafeMutableRawPointer(output).storeBytes(of: entries[index].ids, as: SIMD4<UInt32>.self)
        let count = high &>> Self.countShift
        return count != Self.isSpilled ? Int(count) : unsafe copySpilled(index, output)
      }
      if high == 0 { return -1 }
      index = (index &+ 1) & ((1 &<< bits) &- 1)
    }
  }

  private func copySpilled(_ index: Int, _ output: UnsafeMutablePointer<UInt32>) -> Int {
    let start = unsafe Int(entries[index].ids[0])
    let count = unsafe Int(entries[index].ids[1])
    for offset in 0..<count { unsafe output[offset] = spilled[start + offset] }
    return count
  }

  /// Remembers the ids of a word that `find` did not find.
  mutating func insert(_ key: Key, _ ids: UnsafeBufferPointer<UInt32>) {
    if (count + 1) * 2 > 1 << bits { makeRoom() }
    var entry = Entry(low: key.low, high: key.high, ids: SIMD4())
    if ids.count <= 4 {
      entry.high |= UInt64(ids.count) << Self.countShift
      for unsafe(index, id) in unsafe ids.enumerated() { entry.ids[index] = id }
    } else {
      entry.high |= Self.isSpilled << Self.countShift
      entry.ids[0] = UInt32(spilled.count)
      entry.ids[1] = UInt32(ids.count)
      unsafe spilled.append(contentsOf: ids)
    }
    put(entry)
    count += 1
  }

  private mutating func makeRoom() {
    let old = unsafe entries
    let oldCount = 1 << bits
    guard bits < Self.largestBits else {
      unsafe entries.initialize(repeating: Entry(low: 0, high: 0, ids: SIMD4()), count: oldCount)
      spilled.removeAll(keepingCapacity: true)
      count = 0
      return
    }
    bits += 1
    unsafe entries = Self.allocate(bits)
    for index in 0..<oldCount where unsafe old[index].high != 0 { unsafe put(old[index]) }
    unsafe old.deallocate()
  }

  private func put(_ entry: Entry) {
    let key = Key(low: entry.low, high: entry.high & ~(15 << Self.countShift))
    var index = place(probe(key))
    while unsafe entries[index].high != 0 { index = (index + 1) & ((1 << bits) - 1) }
    unsafe entries[index] = entry
  }
}
