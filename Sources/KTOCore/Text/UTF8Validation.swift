internal import CSimdjson

/// Where bytes stop being UTF-8: the offset of the first byte that is not part of a character; nil where all are.
/// O(bytes), some gigabytes a second.
package func firstInvalidUTF8(in bytes: Span<UInt8>) -> Int? {
  let isValid = unsafe bytes.withUnsafeBytes { bytes in
    guard let base = bytes.baseAddress else { return true }
    return unsafe kto_is_valid_utf8(base.assumingMemoryBound(to: CChar.self), bytes.count) != 0
  }
  if isValid { return nil }
  do { _ = try UTF8Span(validating: bytes) } catch { return error.byteOffsets.lowerBound }
  return nil
}
