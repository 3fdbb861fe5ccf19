internal import CTextKernels
internal import Glibc

/// The index of the first `byte` from `start` on, found by the C library's vector code; nil where there is none.
package func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start < bytes.count else { return nil }
  // The pointers live within the closure, and what it returns is an index.
  return unsafe bytes.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress,
      let found = unsafe memchr(base + start, Int32(byte), buffer.count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}

/// The index of the first occurrence of a pattern from `start` on; nil where there is none. Linear time.
package func firstIndex(of pattern: Span<UInt8>, in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start + pattern.count <= bytes.count else { return nil }
  let index = unsafe bytes.withUnsafeBufferPointer { buffer in
    unsafe pattern.withUnsafeBufferPointer { pattern in
      guard let base = buffer.baseAddress, let first = pattern.baseAddress else { return Int64(-1) }
      return unsafe kto_find_pattern(base, Int64(start), Int64(buffer.count), first, Int64(pattern.count))
    }
  }
  return index < 0 ? nil : Int(index)
}

/// The index of the last `byte` at `start` or behind it; nil where there is none.
package func lastIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int? {
  var index = bytes.count
  while index > start {
    index -= 1
    if bytes[index] == byte { return index }
  }
  return nil
}

/// How often `byte` occurs.
package func count(of byte: UInt8, in bytes: Span<UInt8>) -> Int {
  var (found, start) = (0, 0)
  while let index = firstIndex(of: byte, in: bytes, from: start) {
    found += 1
    start = index + 1
  }
  return found
}

/// Whether `pattern` stands at `index`.
package func occurs(_ pattern: [UInt8], in bytes: Span<UInt8>, at index: Int) -> Bool {
  guard index + pattern.count <= bytes.count else { return false }
  return pattern.indices.allSatisfy { bytes[index + $0] == pattern[$0] }
}

/// Whether a pattern of at least one byte occurs.
package func contains(_ pattern: [UInt8], in bytes: Span<UInt8>) -> Bool {
  firstIndex(of: pattern.span, in: bytes, from: 0) != nil
}

/// How often a pattern of at least one byte occurs.
package func count(of pattern: [UInt8], in bytes: Span<UInt8>) -> Int {
  var (found, start) = (0, 0)
  while let index = firstIndex(of: pattern.span, in: bytes, from: start) {
    found += 1
    start = index + 1
  }
  return found
}
