internal import Glibc

/// Remembers the ids of pre-tokens, so that one seen before costs a look-up.
///
/// An entry is half a cache line: up to 15 bytes of the pre-token with their count, and up to four ids; more ids lie in
/// an array beside it. Three tables, since what a look-up costs is the memory it reaches: the words seen last, one a
/// place, which is looked at first; all entries in the order they came, so that words that come early and often lie
/// together; and a small hash table of their numbers, by open addressing at no more than half load. When it is full it
/// forgets everything. One belongs to one encoder. The hash is seeded a process.
@safe struct WordCache: ~Copyable {
  /// A pre-token of 1 to 15 bytes; the topmost byte holds the count, so no key is zero.
  struct Key {
    var low: UInt64
    var high: UInt64

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

  /// `high`'s topmost four bits hold how many ids there are, 15 where they lie in `spilled`.
  private struct Entry {
    var low: UInt64
    var high: UInt64
    var ids: SIMD4<UInt32>

    /// Whether it is a key's: all bits equal but the count of ids.
    @inline(__always)
    func has(_ key: Key) -> Bool { (low ^ key.low) | ((high ^ key.high) &<< 4) == 0 }

    static var free: Entry { Entry(low: 0, high: 0, ids: SIMD4()) }
  }

  /// Longer pre-tokens have a cache of their own.
  static let longestKey = 15
  private static let isSpilled: UInt64 = 15
  private static let countShift: UInt64 = 60
  private static let recentBits = 14
  private static let entryLimit = 1 << 19
  private static let numberBits: UInt32 = 20
  private static let numberMask: UInt32 = (1 << 20) - 1

  private let recent: UnsafeMutablePointer<Entry>
  /// In the order they came.
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 1 << 11
  private var count = 0
  /// Numbers of entries plus one, below 12 bits of their hash; 0 where free. Twice `capacity`.
  private var slots: UnsafeMutablePointer<UInt32>
  private var slotBits = 12
  private var spilled: [UInt32] = []
  private let seed: UInt64

  init() {
    unsafe recent = Self.allocate(1 << Self.recentBits, Entry.free)
    unsafe entries = Self.allocate(capacity, Entry.free)
    unsafe slots = Self.allocate(1 << slotBits, 0)
    seed = UInt64.random(in: 0...UInt64.max)
  }

  deinit {
    unsafe recent.deallocate()
    unsafe entries.deallocate()
    unsafe slots.deallocate()
  }

  /// Memory in large pages where it fills some: look-ups go everywhere, and small pages would each miss.
  private static func allocate<Element>(_ count: Int, _ value: Element) -> UnsafeMutablePointer<Element> {
    let byteCount = count * MemoryLayout<Element>.stride
    let largePage = 1 << 21
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: byteCount >= largePage ? largePage : 64)
    if byteCount >= largePage { unsafe madvise(memory, byteCount, Int32(MADV_HUGEPAGE)) }
    let elements = unsafe memory.bindMemory(to: Element.self, capacity: count)
    unsafe elements.initialize(repeating: value, count: count)
    return unsafe elements
  }

  /// Folds the 128 bits of a product of the key's halves.
  @inline(__always)
  private func hash(_ key: Key) -> UInt64 {
    let product = (key.low ^ seed).multipliedFullWidth(by: key.high ^ 0x9E37_79B9_7F4A_7C15)
    return (product.high ^ product.low) &* 0xD6E8_FEB8_6659_FD93
  }

  /// Writes the ids of a word seen before and answers how many they are; −1 for a new word.
  ///
  /// - Parameter output: room for four ids, and for as many as the word has bytes.
  @inline(__always)
  func find(_ key: Key, into output: UnsafeMutablePointer<UInt32>) -> Int {
    let hash = hash(key)
    let entry = unsafe recent + Int(truncatingIfNeeded: hash &>> UInt64(64 &- Self.recentBits))
    let count = unsafe entry.pointee.high &>> Self.countShift
    if unsafe entry.pointee.has(key), count != Self.isSpilled {
      unsafe UnsafeMutableRawPointer(output).storeBytes(of: entry.pointee.ids, as: SIMD4<UInt32>.self)
      return Int(truncatingIfNeeded: count)
    }
    return unsafe findAmongAll(key, hash, entry, output)
  }

  @inline(never)
  private func findAmongAll(
    _ key: Key, _ hash: UInt64, _ recent: UnsafeMutablePointer<Entry>, _ output: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let mask = 1 &<< slotBits &- 1
    let tag = UInt32(truncatingIfNeeded: hash) &<< Self.numberBits
    var index = Int(truncatingIfNeeded: hash &>> UInt64(64 &- slotBits))
    while true {
      let slot = unsafe slots[index]
      if slot == 0 { return -1 }
      if (slot ^ tag) &>> Self.numberBits == 0 {
        let number = Int(slot & Self.numberMask) &- 1
        let entry = unsafe entries + number
        if unsafe entry.pointee.has(key) {
          let found = unsafe entry.pointee
          unsafe recent.pointee = found
          unsafe UnsafeMutableRawPointer(output).storeBytes(of: found.ids, as: SIMD4<UInt32>.self)
          let count = found.high &>> Self.countShift
          return count != Self.isSpilled ? Int(count) : unsafe copySpilled(found, output)
        }
      }
      index = (index &+ 1) & mask
    }
  }

  private func copySpilled(_ entry: Entry, _ output: UnsafeMutablePointer<UInt32>) -> Int {
    let start = Int(entry.ids[0])
    let count = Int(entry.ids[1])
    for offset in 0..<count { unsafe output[offset] = spilled[start + offset] }
    return count
  }

  /// Remembers the ids of a word that `find` did not find.
  mutating func insert(_ key: Key, _ ids: UnsafeBufferPointer<UInt32>) {
    if count == capacity { makeRoom() }
    var entry = Entry(low: key.low, high: key.high, ids: SIMD4())
    if ids.count <= 4 {
      entry.high |= UInt64(ids.count) << Self.countShift
      for index in 0..<ids.count { unsafe entry.ids[index] = ids[index] }
    } else {
      entry.high |= Self.isSpilled << Self.countShift
      entry.ids[0] = UInt32(spilled.count)
      entry.ids[1] = UInt32(ids.count)
      unsafe spilled.append(contentsOf: ids)
    }
    unsafe entries[count] = entry
    put(count)
    count += 1
  }

  /// Makes an entry known by its key.
  private func put(_ number: Int) {
    let entry = unsafe entries[number]
    let hash = hash(Key(low: entry.low, high: entry.high & ~(15 << Self.countShift)))
    var index = Int(truncatingIfNeeded: hash >> UInt64(64 - slotBits))
    while unsafe slots[index] != 0 { index = (index + 1) & (1 << slotBits - 1) }
    unsafe slots[index] = UInt32(truncatingIfNeeded: hash) << Self.numberBits | UInt32(number + 1)
  }

  private mutating func makeRoom() {
    guard capacity < Self.entryLimit else {
      unsafe slots.initialize(repeating: 0, count: 1 << slotBits)
      unsafe recent.initialize(repeating: Entry.free, count: 1 << Self.recentBits)
      spilled.removeAll(keepingCapacity: true)
      count = 0
      return
    }
    let old = unsafe entries
    capacity *= 2
    unsafe entries = Self.allocate(capacity, Entry.free)
    unsafe entries.update(from: old, count: count)
    unsafe old.deallocate()
    unsafe slots.deallocate()
    slotBits += 1
    unsafe slots = Self.allocate(1 << slotBits, 0)
    for number in 0..<count { put(number) }
  }
}
