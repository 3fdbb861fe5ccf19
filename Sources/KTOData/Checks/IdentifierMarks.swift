/// The first place from `start` on at which an address, a number or a key may be: a digit, `@`, or the beginning of five
/// hyphens; nil where there is none.
///
/// - Complexity: O(bytes), eight bytes at a time where none of them is one.
func firstIdentifierMark(in text: Span<UInt8>, from start: Int) -> Int? {
  var place = start
  while true {
    place = firstCandidate(in: text, from: place)
    guard place < text.count else { return nil }
    if text[place] != UInt8(ascii: "-") {
      if isDigit(text[place]) || text[place] == UInt8(ascii: "@") { return place }
      place += 1
      continue
    }
    var (first, end) = (place, place + 1)
    while first > start, text[first - 1] == UInt8(ascii: "-") { first -= 1 }
    while end < text.count, text[end] == UInt8(ascii: "-") { end += 1 }
    if end - first >= 5 { return first }
    place = end
  }
}

/// The first digit or `@`, or an earlier hyphen that may be one of five.
private func firstCandidate(in text: Span<UInt8>, from start: Int) -> Int {
  var place = start
  // The pointer lives within the closure, and what it returns is an index.
  unsafe text.withUnsafeBufferPointer { buffer in
    guard let base = unsafe UnsafeRawPointer(buffer.baseAddress) else { return }
    // Four words at a time, which do not wait for one another.
    while place + 32 <= buffer.count {
      let words = unsafe (
        base.loadUnaligned(fromByteOffset: place, as: UInt64.self),
        base.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self),
        base.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self),
        base.loadUnaligned(fromByteOffset: place + 24, as: UInt64.self)
      )
      let hits = marks(in: words.0) | marks(in: words.1) | marks(in: words.2) | marks(in: words.3)
      if hits != 0 { break }
      place += 32
    }
    while place + 8 <= buffer.count {
      let word = unsafe base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      if marks(in: word) != 0 { break }
      place += 8
    }
  }
  let end = min(text.count, place + 8)
  while place < end {
    let byte = text[place]
    if isDigit(byte) || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "-") { return place }
    place += 1
  }
  return place
}

/// Other than 0 where one of eight bytes is a digit or `@`, or the fourth or eighth may be a hyphen, as one of them is
/// in a word with five.
@inline(__always)
private func marks(in word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let low = word & (0x7F * ones)
  // The high bit of a byte tells: at least "0" and less than ":", and other than "@".
  let digit = (low &+ 0x50 * ones) & ~(low &+ 0x46 * ones)
  let sign = ~((low ^ 0x40 * ones) &+ 0x7F * ones)
  let hyphen = ~((low ^ 0x2D * ones) &+ 0x7F * ones) & 0x8000_0000_8000_0000
  return (digit & (0x80 * ones) | sign & (0x80 * ones) | hyphen) & ~word
}
