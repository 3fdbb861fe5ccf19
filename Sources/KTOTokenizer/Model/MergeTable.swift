internal import CTextKernels

/// The merges: a hash table from a pair of ids to the rank of their merge, and from a rank to the id it makes.
///
/// A slot is one word: 21 bits for each id, 22 for the rank. Open addressing at no more than half load. The
/// multiplier is drawn at random when a table is made, so that no file can be written whose pairs all collide;
/// nothing that is computed depends on it.
struct MergeTable: Sendable {
  /// Ranks are below this.
  static let rankLimit = 1 << 22
  /// The rank of a pair that does not merge: larger than every rank.
  static let none = UInt32(KTO_NO_MERGE)

  private var slots: LargeTable<UInt64>
  /// A bit for each value of the topmost bits of a pair's hash, set where a pair has it: four for each slot.
  private var filter: LargeTable<UInt8>
  /// The id that the merge of a rank makes.
  private var merged: LargeTable<UInt32>
  private var rankCount = 0
  private var multiplier: UInt64
  private var shift: UInt64
  private(set) var count = 0

  init(capacity: Int) {
    var bits: UInt64 = 4
    while (1 << bits) < capacity * 2 { bits += 1 }
    slots = LargeTable(repeating: .max, count: 1 << Int(bits))
    filter = LargeTable(repeating: 0, count: 1 << Int(bits - 1))
    shift = 64 - bits
    multiplier = UInt64.random(in: 0...UInt64.max) | 1
    merged = LargeTable(repeating: 0, count: max(capacity, 1))
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
    allow(key)
    rankCount = max(rankCount, Int(rank) + 1)
    if rankCount > merged.count { merged = merged.enlarged(to: rankCount * 2, with: 0) }
    merged[Int(rank)] = id
  }

  /// Has the memory fetched that inserting a pair's merge reads first.
  func prefetch(_ left: UInt32, _ right: UInt32) {
    let hash = (UInt64(left) << 21 | UInt64(right)) &* multiplier
    unsafe kto_prefetch(slots.start + Int(hash >> shift))
  }

  /// The ids that merges make, by rank; 0 for ranks without one.
  var mergedIDs: some Sequence<UInt32> { (0..<rankCount).lazy.map { merged[$0] } }

  private mutating func grow() {
    let old = slots
    slots = LargeTable(repeating: .max, count: slots.count * 2)
    filter = LargeTable(repeating: 0, count: filter.count * 2)
    shift -= 1
    for index in 0..<old.count where old[index] != .max {
      slots[place(of: old[index] >> 22)] = old[index]
      allow(old[index] >> 22)
    }
  }

  private var filterShift: UInt64 { shift - 2 }

  private mutating func allow(_ key: UInt64) {
    let bit = Int(truncatingIfNeeded: (key &* multiplier) >> filterShift)
    filter[bit >> 3] |= 1 << UInt8(bit & 7)
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
    let merges = unsafe kto_merges(
      slots: slots.start, mask: UInt64(slots.count - 1), shift: shift, filter: filter.start,
      filter_shift: filterShift, multiplier: multiplier, merged: merged.start)
    return withExtendedLifetime(self) { unsafe body(Lookup(merges: merges)) }
  }

  @safe struct Lookup: ~Copyable {
    let merges: kto_merges

    /// The rank of a pair's merge, `none` where it has none.
    @inline(__always)
    func rank(_ left: UInt32, _ right: UInt32) -> UInt32 { unsafe kto_merge_rank(merges, left, right) }

    @inline(__always)
    func id(ofRank rank: UInt32) -> UInt32 { unsafe merges.merged[Int(rank)] }
  }
}
