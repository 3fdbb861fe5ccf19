internal import CXXHash

/// A 64-bit key for bytes in sets and joins: the same in every run, on every machine and in every version.
///
/// Not for data that someone may have made to collide where that would matter. Two different texts among n share a key
/// with a probability of n² / 2⁶⁵: 3 in a million for ten million. Source: XXH3, Debian's libxxhash.
package func contentKey(_ bytes: some Sequence<UInt8>) -> UInt64 {
  if let key = bytes.withContiguousStorageIfAvailable({ unsafe XXH3_64bits($0.baseAddress, $0.count) }) {
    return key
  }
  let copy = Array(bytes)
  return unsafe copy.withUnsafeBufferPointer { unsafe XXH3_64bits($0.baseAddress, $0.count) }
}

/// The key of bytes that follow others, whose key is the seed: so a list of texts has a key after each of them.
package func contentKey(_ bytes: Span<UInt8>, after seed: UInt64) -> UInt64 {
  unsafe bytes.withUnsafeBufferPointer { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
}

/// A 128-bit key for bytes, for tables of all rows: two different texts never share one by chance.
package struct WideKey: Sendable, Hashable {
  package var low: UInt64
  package var high: UInt64

  package init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// The key of some bytes. Source: XXH3, Debian's libxxhash.
  package init(_ bytes: RawSpan) {
    let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
    self.init(low: hash.low64, high: hash.high64)
  }
}
