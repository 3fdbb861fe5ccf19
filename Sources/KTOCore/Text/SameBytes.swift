internal import Glibc

extension String {
  /// Whether two strings have the same bytes; `==` also finds strings equal whose characters are written otherwise.
  package func hasSameBytes(as other: String) -> Bool { haveSameBytes(utf8.span, other.utf8.span) }
}

/// Whether two texts have the same bytes.
package func haveSameBytes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  // The pointers live within the closures, which return a flag.
  return unsafe left.withUnsafeBufferPointer { left in
    unsafe right.withUnsafeBufferPointer { right in
      guard let a = left.baseAddress, let b = right.baseAddress else { return true }
      return unsafe memcmp(a, b, left.count) == 0
    }
  }
}
