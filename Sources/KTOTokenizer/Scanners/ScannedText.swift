internal import CTextKernels

/// A text with its class masks, and where its pieces end: what a scanner reads and writes.
///
/// Borrows memory of the encoder for the time of a call. Positions are bytes from the text's start; those that are
/// asked for lie within the text or at its end, where every lane is zero.
@safe struct ScannedText: ~Copyable {
  typealias Lane = ClassMasks.Lane

  let text: UnsafePointer<UInt8>
  let end: Int
  let lanes: UnsafeMutablePointer<UInt64>
  /// As many as the text has bytes, and 64 more.
  let ends: UnsafeMutablePointer<UInt32>
  var endCount = 0
  let vectors = kto_best_vectors()

  init(
    text: UnsafePointer<UInt8>, count: Int, lanes: UnsafeMutablePointer<UInt64>,
    ends: UnsafeMutablePointer<UInt32>
  ) {
    unsafe self.text = text
    end = count
    unsafe self.lanes = lanes
    unsafe self.ends = ends
  }

  var blockCount: Int { (end &+ 63) &>> 6 }

  /// A lane of a block.
  @inline(__always)
  func mask(_ lane: Int, _ block: Int) -> UInt64 { unsafe lanes[block &* Lane.count &+ lane] }

  /// A bit at every byte of a block behind one of a lane.
  @inline(__always)
  func after(_ lane: Int, _ block: Int) -> UInt64 {
    mask(lane, block) &<< 1 | mask(lane, block &- 1) &>> 63
  }

  /// A bit at every byte of a block that stands `distance` before one of a lane.
  @inline(__always)
  func before(_ lane: Int, _ block: Int, by distance: UInt64 = 1) -> UInt64 {
    mask(lane, block) &>> distance | mask(lane, block &+ 1) &<< (64 &- distance)
  }

  /// Ends a piece, which is not empty, at `position`.
  @inline(__always)
  mutating func cut(at position: Int) {
    unsafe ends[endCount] = UInt32(truncatingIfNeeded: position)
    endCount &+= 1
  }

  @inline(__always)
  func byte(_ position: Int) -> UInt8 { unsafe text[position] }

  /// Whether the byte at a position belongs to a lane.
  @inline(__always)
  func has(_ lane: Int, _ position: Int) -> Bool {
    unsafe lanes[(position &>> 6) &* Lane.count &+ lane] &>> UInt64(position & 63) & 1 != 0
  }

  /// The first position from `position` on that does not belong to a lane.
  @inline(__always)
  func runEnd(_ lane: Int, _ position: Int) -> Int {
    var block = position &>> 6
    let offset = UInt64(position & 63)
    let word = unsafe ~lanes[block &* Lane.count &+ lane] &>> offset
    if word != 0 { return position &+ word.trailingZeroBitCount }
    while true {
      block &+= 1
      let word = unsafe ~lanes[block &* Lane.count &+ lane]
      if word != 0 { return block &<< 6 &+ word.trailingZeroBitCount }
    }
  }

  /// The last position in `start..<stop` that belongs to a lane.
  func last(_ lane: Int, _ start: Int, _ stop: Int) -> Int? {
    guard stop > start else { return nil }
    var block = (stop - 1) >> 6
    var word = unsafe lanes[block * Lane.count + lane] & (UInt64.max &>> UInt64(63 - (stop - 1) & 63))
    while true {
      if word != 0 {
        let found = block << 6 + 63 - word.leadingZeroBitCount
        return found >= start ? found : nil
      }
      block -= 1
      if block < start >> 6 { return nil }
      word = unsafe lanes[block * Lane.count + lane]
    }
  }

  /// Where the character that begins at `position` ends.
  @inline(__always)
  func next(_ position: Int) -> Int {
    let byte = byte(position)
    return position &+ (byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)
  }

  /// Where the character begins that ends at `position`, which is greater than 0.
  @inline(__always)
  func previous(_ position: Int) -> Int {
    var start = position &- 1
    while byte(start) & 0xC0 == 0x80 { start &-= 1 }
    return start
  }

  /// The end of up to `limit` characters of a lane.
  @inline(__always)
  func runEnd(_ lane: Int, _ position: Int, limit: Int) -> Int {
    var index = next(position)
    var count = 1
    while count < limit, has(lane, index) {
      index = next(index)
      count &+= 1
    }
    return index
  }

  /// The end of an English contraction's suffix at `position`, which holds an apostrophe.
  ///
  /// Without regard to case `s` is also U+017F, whose simple case folding it is.
  @inline(__always)
  func contraction(_ position: Int, ignoresCase: Bool) -> Int? {
    guard position + 1 < end else { return nil }
    let fold: UInt8 = ignoresCase ? 0x20 : 0
    switch byte(position + 1) | fold {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return position + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return position + 2 < end && byte(position + 2) | fold == UInt8(ascii: "e") ? position + 3 : nil
    case UInt8(ascii: "l"):
      return position + 2 < end && byte(position + 2) | fold == UInt8(ascii: "l") ? position + 3 : nil
    default:
      return ignoresCase && position + 2 < end && byte(position + 1) == 0xC5 && byte(position + 2) == 0xBF
        ? position + 3 : nil
    }
  }
}
