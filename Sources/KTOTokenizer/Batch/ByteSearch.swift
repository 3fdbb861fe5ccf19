internal import Glibc

/// The index of the first `byte` from `start` on, found by the C library's vector code; nil where there is none.
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start < bytes.count else { return nil }
  // The pointers live within the closure, and what it returns is an index.
  return unsafe bytes.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress,
      let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}

/// The index of the last `byte` at `start` or behind it; nil where there is none.
func lastIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  var index = bytes.count
  while index > start {
    index -= 1
    if bytes[index] == byte { return index }
  }
  return nil
}

/// How often `byte` occurs.
func count(of byte: UInt8, in bytes: Span<UInt8>) -> Int {
  var (found, start) = (0, 0)
  while let index = firstIndex(of: byte, in: bytes, from: start) {
    found += 1
    start = index + 1
  }
  return found
}
