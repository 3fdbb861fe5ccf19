internal import CTextKernels

/// Finds things that are numbered from 0 by their hashes, by open addressing at no more than half load.
///
/// A slot is a number plus one, below 12 bits of the hash, so that few others are compared; 0 where free.
@safe struct NumberTable: ~Copyable {
  /// Numbers are below this.
  static let limit = 1 << 19
  private static let numberBits: UInt32 = 20
  private static let numberMask: UInt32 = 1 << 20 - 1

  private var slots: UnsafeMutablePointer<UInt32>
  private var bits = 12

  init() { unsafe slots = Self.allocate(bits) }

  deinit { unsafe slots.deallocate() }

  private static func allocate(_ bits: Int) -> UnsafeMutablePointer<UInt32> {
    let slots = unsafe Pages.allocate(1 << bits, of: UInt32.self)
    unsafe slots.initialize(repeating: 0, count: 1 << bits)
    return unsafe slots
  }

  mutating func removeAll() { unsafe slots.initialize(repeating: 0, count: 1 << bits) }

  /// Whether that many numbers are more than it has room for.
  @inline(__always)
  func isTooSmall(for count: Int) -> Bool { count &* 2 > 1 &<< bits }

  /// Becomes empty, with room for that many numbers.
  mutating func clear(for count: Int) {
    while isTooSmall(for: count) { bits += 1 }
    unsafe slots.deallocate()
    unsafe slots = Self.allocate(bits)
  }

  @inline(__always)
  private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> UInt64(64 &- bits)) }

  /// Asks for the memory that looking for a hash reads first.
  @inline(__always)
  func prefetch(_ hash: UInt64) { unsafe kto_prefetch(slots + place(hash)) }

  /// The number that is compared first, if any; −1 for none.
  @inline(__always)
  func firstNumber(_ hash: UInt64) -> Int { unsafe Int(slots[place(hash)] & Self.numberMask) &- 1 }

  /// The number of what has that hash and is the same.
  @inline(__always)
  func find(_ hash: UInt64, _ isSame: (Int) -> Bool) -> Int? {
    let mask = 1 &<< bits &- 1
    let tag = UInt32(truncatingIfNeeded: hash) &<< Self.numberBits
    var index = place(hash)
    while true {
      let slot = unsafe slots[index]
      if slot == 0 { return nil }
      if (slot ^ tag) &>> Self.numberBits == 0 {
        let number = Int(slot & Self.numberMask) &- 1
        if isSame(number) { return number }
      }
      index = (index &+ 1) & mask
    }
  }

  mutating func insert(_ number: Int, _ hash: UInt64) {
    var index = place(hash)
    while unsafe slots[index] != 0 { index = (index &+ 1) & (1 &<< bits &- 1) }
    unsafe slots[index] =
      UInt32(truncatingIfNeeded: hash) &<< Self.numberBits | UInt32(truncatingIfNeeded: number &+ 1)
  }
}
