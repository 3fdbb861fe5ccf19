/// The scalar that begins at `index` of valid UTF-8; U+FFFD where none does.
func scalar(at index: Int, in text: Span<UInt8>) -> Unicode.Scalar {
  let first = UInt32(text[index])
  let width = utf8Width(text[index])
  guard index + width <= text.count else { return "\u{FFFD}" }
  var value = width == 1 ? first : first & (0x7F >> UInt32(width))
  for offset in 1..<max(width, 1) { value = value << 6 | UInt32(text[index + offset]) & 0x3F }
  return Unicode.Scalar(value) ?? "\u{FFFD}"
}

/// The scalar that ends before `end`, which is greater than 0, of valid UTF-8.
func scalar(before end: Int, in text: Span<UInt8>) -> Unicode.Scalar {
  var index = end - 1
  while index > 0, text[index] & 0xC0 == 0x80 { index -= 1 }
  return scalar(at: index, in: text)
}

/// Calls `body` with each scalar of a part of valid UTF-8 and where it begins and ends.
@inline(__always)
func forEachScalar(
  in text: Span<UInt8>, _ range: Range<Int>, _ body: (Unicode.Scalar, Range<Int>) -> Void
) {
  var index = range.lowerBound
  while index < range.upperBound {
    let next = scalar(at: index, in: text)
    let end = index + UTF8.width(next)
    body(next, index..<end)
    index = end
  }
}
