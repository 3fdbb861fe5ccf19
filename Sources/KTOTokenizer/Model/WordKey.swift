/// A pre-token of 1 to 15 bytes as a number: its bytes, zeros, and in the topmost byte their count.
struct WordKey {
  var low: UInt64
  var high: UInt64

  /// The most bytes that fit.
  static let longest = 15

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The key of a pre-token from which 16 bytes may be read; without a branch. `isTooLong` where it is.
  ///
  /// - Parameter masks: 16 bytes of ones, then 16 of zeros.
  @inline(__always)
  init(_ word: UnsafePointer<UInt8>, _ length: Int, _ masks: UnsafeRawPointer) {
    let raw = unsafe UnsafeRawPointer(word)
    let count = min(length, Self.longest &+ 1)
    let mask = unsafe masks + (16 &- count)
    low = unsafe raw.loadUnaligned(as: UInt64.self) & mask.loadUnaligned(as: UInt64.self)
    let upper = unsafe raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let upperMask = unsafe mask.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    high = upper & upperMask | UInt64(truncatingIfNeeded: count) &<< 56
  }

  /// Whether the pre-token has more bytes than fit, so that the key is no word's.
  @inline(__always)
  var isTooLong: Bool { high &>> 56 > UInt64(Self.longest) }

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
