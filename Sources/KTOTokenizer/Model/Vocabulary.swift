/// The tokens of a vocabulary, by id and by the bytes they are written with.
///
/// The bytes lie side by side in one array. Keys are compared by bytes, never as `String`s, whose equality is
/// canonical equivalence. The hash is seeded a process, so that no file can be made whose keys all collide.
struct Vocabulary: Sendable {
  /// No vocabulary has as many tokens as this; `MergeTable` packs ids into 21 bits.
  static let idLimit = 1 << 21

  private struct Place {
    var start: UInt32
    /// −1 where the id has no token.
    var count: Int32
  }

  private var arena: [UInt8] = []
  private var places: [Place] = []
  /// The upper half of a key's hash above the id; `.max` where free.
  private var slots: [UInt64]
  private let seed: UInt64

  /// The number of different tokens.
  private(set) var count = 0

  init(minimumCapacity: Int, byteCapacity: Int = 0) {
    var size = 16
    while size < minimumCapacity * 2 { size *= 2 }
    slots = [UInt64](repeating: .max, count: size)
    seed = UInt64.random(in: 0...UInt64.max)
    places.reserveCapacity(minimumCapacity)
    arena.reserveCapacity(byteCapacity > 0 ? byteCapacity : minimumCapacity * 8)
  }

  /// One more than the largest id.
  var idBound: Int { places.count }

  /// The id of a token. O(bytes).
  func find(_ key: Span<UInt8>) -> UInt32? {
    unsafe key.withUnsafeBufferPointer { unsafe find($0) }
  }

  /// The id of a token written as text.
  func find(_ key: String) -> UInt32? {
    let bytes = key.utf8Span
    return find(bytes.span)
  }

  func find(_ key: UnsafeBufferPointer<UInt8>) -> UInt32? {
    let slot = unsafe slots[place(of: key, hash: hash(key))]
    return slot == .max ? nil : UInt32(truncatingIfNeeded: slot)
  }

  /// The bytes a token is written with; nil where the id has none.
  subscript(id: UInt32) -> ArraySlice<UInt8>? {
    guard Int(id) < places.count, places[Int(id)].count >= 0 else { return nil }
    let start = Int(places[Int(id)].start)
    return arena[start..<start + Int(places[Int(id)].count)]
  }

  /// The token as text.
  func text(of id: UInt32) -> String? { self[id].map { String(decoding: $0, as: UTF8.self) } }

  enum Insertion: Equatable { case new, known, full }

  /// Gives a token its id, which is below `idLimit`, unless it has one: then it keeps it.
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>, id: UInt32) -> Insertion {
    guard arena.count + key.count <= Int(UInt32.max), Int(id) < Self.idLimit else { return .full }
    if (count + 1) * 2 > slots.count { grow() }
    let hash = unsafe hash(key)
    let index = unsafe place(of: key, hash: hash)
    guard slots[index] == .max else { return .known }
    slots[index] = hash & ~0xFFFF_FFFF | UInt64(id)
    if Int(id) >= places.count {
      places.append(
        contentsOf: repeatElement(Place(start: 0, count: -1), count: Int(id) + 1 - places.count))
    }
    places[Int(id)] = Place(start: UInt32(arena.count), count: Int32(key.count))
    unsafe arena.append(contentsOf: key)
    count += 1
    return .new
  }

  /// `insert` for bytes in an array.
  mutating func insert(_ key: some Collection<UInt8>, id: UInt32) -> Insertion {
    unsafe Array(key).withUnsafeBufferPointer { unsafe insert($0, id: id) }
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: .max, count: slots.count * 2)
    let mask = slots.count - 1
    for slot in old where slot != .max {
      // The upper half decides the place, so that it need not be hashed again.
      var index = Int(truncatingIfNeeded: slot >> 32) & mask
      while slots[index] != .max { index = (index + 1) & mask }
      slots[index] = slot
    }
  }

  private func place(of key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash >> 32) & mask
    while true {
      let slot = slots[index]
      if slot == .max { return index }
      if unsafe (slot ^ hash) >> 32 == 0 && isToken(Int(slot & 0xFFFF_FFFF), key) { return index }
      index = (index + 1) & mask
    }
  }

  private func isToken(_ id: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let place = places[id]
    guard Int(place.count) == key.count else { return false }
    return unsafe arena.withUnsafeBufferPointer { arena in
      for offset in 0..<key.count where unsafe arena[Int(place.start) + offset] != key[offset] {
        return false
      }
      return true
    }
  }

  private func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 { unsafe byteHash(key, seed: seed) }
}

/// A hash of bytes whose every bit depends on all of them, eight at a time.
///
/// `seed` must be random: with a known one, colliding keys can be made.
@inline(__always)
func byteHash(_ key: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
  let raw = UnsafeRawBufferPointer(key)
  var state = seed ^ (UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15)
  var index = 0
  while index + 8 <= raw.count {
    state = unsafe mix(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    index += 8
  }
  var tail: UInt64 = 0
  while index < raw.count {
    tail = unsafe tail << 8 | UInt64(raw[index])
    index += 1
  }
  return mix(mix(state ^ tail) ^ seed)
}

/// Folds the 128 bits of a product into 64.
@inline(__always)
private func mix(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}
