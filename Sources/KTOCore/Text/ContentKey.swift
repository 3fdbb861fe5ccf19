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
