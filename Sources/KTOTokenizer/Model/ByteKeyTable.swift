/// A hash table from byte strings to 32-bit numbers, with the strings side by side in one array.
///
/// Keys are compared by bytes, never as `String`s, whose equality is canonical equivalence. The hash is seeded
/// a process, so no file can be made whose keys all collide.
struct ByteKeyTable: Sendable {
  private var arena: [UInt8] = []
  private var ends: [Int] = []
  private var values: [UInt32] = []
  private var slots: [Int32]

  init(minimumCapacity: Int) {
    var size = 16
    while size < minimumCapacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  var count: Int { values.count }

  /// The number of that key. O(1).
  func find(_ key: Span<UInt8>) -> UInt32? {
    let slot = slots[place(of: key)]
    return slot < 0 ? nil : values[Int(slot)]
  }

  /// The number of a text's bytes.
  func find(_ key: String) -> UInt32? {
    let bytes = key.utf8Span
    return find(bytes.span)
  }

  /// Sets the number of a text's bytes, replacing an earlier one.
  mutating func insert(_ key: String, _ value: UInt32) {
    let bytes = key.utf8Span
    insert(bytes.span, value)
  }

  /// Sets a key's number, replacing an earlier one.
  mutating func insert(_ key: Span<UInt8>, _ value: UInt32) {
    if (values.count + 1) * 2 > slots.count { grow() }
    let index = place(of: key)
    if slots[index] >= 0 {
      values[Int(slots[index])] = value
      return
    }
    slots[index] = Int32(values.count)
    for position in key.indices { arena.append(key[position]) }
    ends.append(arena.count)
    values.append(value)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for entry in values.indices {
      let range = range(of: entry)
      let index = place(of: arena.span.extracting(range))
      slots[index] = Int32(entry)
    }
  }

  private func range(of entry: Int) -> Range<Int> { (entry == 0 ? 0 : ends[entry - 1])..<ends[entry] }

  /// The slot that holds `key`, or the empty one where it would go.
  private func place(of key: Span<UInt8>) -> Int {
    var hasher = Hasher()
    unsafe key.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    let mask = slots.count - 1
    var index = hasher.finalize() & mask
    while slots[index] >= 0, !isEqual(Int(slots[index]), key) { index = (index + 1) & mask }
    return index
  }

  private func isEqual(_ entry: Int, _ key: Span<UInt8>) -> Bool {
    let range = range(of: entry)
    guard range.count == key.count else { return false }
    for offset in 0..<key.count where arena[range.lowerBound + offset] != key[offset] { return false }
    return true
  }
}
