/// Where the white space that begins at `start` ends.
func endOfSpaces(from start: Int, in text: Span<UInt8>) -> Int {
  var index = start
  while index < text.count {
    let next = scalar(at: index, in: text)
    guard next.properties.isWhitespace else { break }
    index += UTF8.width(next)
  }
  return index
}

/// Where the white space that ends at `end` begins.
func startOfSpaces(before end: Int, in text: Span<UInt8>) -> Int {
  var index = end
  while index > 0 {
    let last = scalar(before: index, in: text)
    guard last.properties.isWhitespace else { break }
    index -= UTF8.width(last)
  }
  return index
}
