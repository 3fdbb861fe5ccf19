/// The merges: a hash table from a pair of ids to the rank of their merge, and from a rank to the id it makes.
///
/// A slot is one word: 21 bits for each id, 22 for the rank. Open addressing at no more than half load. The
/// multiplier is drawn at random when a table is made, so that no file can be written whose pairs all collide;
/// nothing that is computed depends on it.
struct MergeTable: Sendable {
  /// Ranks are below this.
  static let rankLimit = 1 << 22
  /// The rank of a pair that does not merge: larger than every rank.
  static let none: UInt32 = (1 << 22) - 1

  private var slots: [UInt64]
  /// The id that the merge of a rank makes.
  private var merged: [UInt32] = []
  private var multiplier: UInt64
  private var shift: UInt64
  private(set) var count = 0

  init(capacity: Int) {
    var bits: UInt64 = 4
    while (1 << bits) < capacity * 2 { bits += 1 }
    slots = [UInt64](repeating: .max, count: 1 << Int(bits))
    shift = 64 - bits
    multiplier = UInt64.random(in: 0...UInt64.max) | 1
    merged.reserveCapacity(capacity)
  }

  /// Adds a merge, replacing an earlier one of the same pair. Merges of one rank make the same id.
  ///
  /// Ids are below `Vocabulary.idLimit`, ranks below `rankLimit` − 1.
  mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, merged id: UInt32) {
    if (count + 1) * 2 > slots.count { grow() }
    let key = UInt64(left) << 21 | UInt64(right)
    let index = place(of: key)
    if slots[index] == .max { count += 1 }
    slots[index] = key << 22 | UInt64(rank)
    if Int(rank) >= merged.count {
      merged.append(contentsOf: repeatElement(0, count: Int(rank) + 1 - merged.count))
    }
    merged[Int(rank)] = id
  }

  /// The rank of a pair's merge, `none` where it has none.
  func rank(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let slot = slots[place(of: UInt64(left) << 21 | UInt64(right))]
    return UInt32(truncatingIfNeeded: slot) & Self.none
  }

  /// The ids that merges make, by rank; 0 for ranks without one.
  var mergedIDs: [UInt32] { merged }

  /// The id that the merge of that rank makes.
  func id(ofRank rank: UInt32) -> UInt32 { merged[Int(rank)] }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: .max, count: slots.count * 2)
    shift -= 1
    for slot in old where slot != .max { slots[place(of: slot >> 22)] = slot }
  }

  private func place(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
    while slots[index] != .max, slots[index] >> 22 != key { index = (index + 1) & mask }
    return index
  }

  /// Calls `body` with a view that checks no bounds: what it is asked for must be ids and ranks of this table.
  @inline(__always)
  func withLookup<Result>(_ body: (borrowing Lookup) -> Result) -> Result {
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe merged.withUnsafeBufferPointer { merged in
        // Neither is empty: `slots` by construction, and no rank is found in a table without merges.
        let slotBase = unsafe slots.baseAddress.unsafelyUnwrapped
        let lookup = unsafe Lookup(
          slots: slotBase, mask: slots.count - 1,
          merged: merged.baseAddress ?? UnsafePointer(bitPattern: 8).unsafelyUnwrapped,
          multiplier: multiplier, shift: shift)
        return body(lookup)
      }
    }
  }

  @safe struct Lookup: ~Copyable {
    fileprivate let slots: UnsafePointer<UInt64>
    fileprivate let mask: Int
    fileprivate let merged: UnsafePointer<UInt32>
    fileprivate let multiplier: UInt64
    fileprivate let shift: UInt64

    /// As `MergeTable.rank`.
    @inline(__always)
    func rank(_ left: UInt32, _ right: UInt32) -> UInt32 {
      let key = UInt64(left) &<< 21 | UInt64(right)
      var index = Int(truncatingIfNeeded: (key &* multiplier) &>> shift)
      while true {
        let slot = unsafe slots[index]
        if slot &>> 22 == key || slot == .max { return UInt32(truncatingIfNeeded: slot) & MergeTable.none }
        index = (index &+ 1) & mask
      }
    }

    @inline(__always)
    func id(ofRank rank: UInt32) -> UInt32 { unsafe merged[Int(rank)] }
  }
}
