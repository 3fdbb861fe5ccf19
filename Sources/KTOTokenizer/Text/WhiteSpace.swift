/// Whether a scalar is White_Space, as Rust's `char::is_whitespace` and `\s` are.
@inline(__always)
func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value < 0x80 { return scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value) }
  return scalar.properties.isWhitespace
}

/// Where the white space that begins at `start` ends.
func endOfSpaces(from start: Int, in text: Span<UInt8>) -> Int {
  var index = start
  while index < text.count {
    let next = scalar(at: index, in: text)
    guard isWhiteSpace(next) else { break }
    index += UTF8.width(next)
  }
  return index
}

/// Where the white space that ends at `end` begins.
func startOfSpaces(before end: Int, in text: Span<UInt8>) -> Int {
  var index = end
  while index > 0 {
    let last = scalar(before: index, in: text)
    guard isWhiteSpace(last) else { break }
    index -= UTF8.width(last)
  }
  return index
}
