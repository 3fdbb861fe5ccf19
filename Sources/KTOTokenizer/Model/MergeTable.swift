/// The merges: a hash table from a pair of ids to the merge's rank and the id it makes, both in one word.
///
/// Open addressing at no more than half load. The multiplier is drawn at random when a table is made, so that
/// no file can be written whose pairs all collide; nothing that is computed depends on it.
struct MergeTable: Sendable {
  private struct Slot {
    var key: UInt64
    var value: UInt64
  }

  /// What `find` answers where there is no such merge: larger than every merge.
  static let none = UInt64.max

  private var slots: [Slot]
  private let multiplier: UInt64
  private let shift: UInt64

  init(capacity: Int) {
    var bits: UInt64 = 4
    while (1 << bits) < capacity * 2 { bits += 1 }
    slots = [Slot](repeating: Slot(key: .max, value: Self.none), count: 1 << Int(bits))
    shift = 64 - bits
    multiplier = UInt64.random(in: 0...UInt64.max) | 1
  }

  /// Adds a merge, replacing an earlier one of the same pair. No more may be added than `capacity`.
  mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, merged: UInt32) {
    let key = UInt64(left) << 32 | UInt64(right)
    let index = place(of: key)
    slots[index] = Slot(key: key, value: UInt64(rank) << 32 | UInt64(merged))
  }

  /// The merge of two ids as `rank << 32 | merged`, so that a smaller number goes first; `none` without one.
  @inline(__always)
  func find(_ left: UInt32, _ right: UInt32) -> UInt64 {
    slots[place(of: UInt64(left) << 32 | UInt64(right))].value
  }

  @inline(__always)
  private func place(of key: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: (key &* multiplier) >> shift)
    while slots[index].key != key, slots[index].key != .max { index = (index + 1) & mask }
    return index
  }
}
