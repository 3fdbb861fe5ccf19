/// What a stage looks for in a text.
enum TextPattern: Sendable, Equatable {
  /// These bytes, of which there is at least one.
  case string([UInt8])
  case regex(Regex)
  /// Any scalar of this kind, each a match of its own.
  case scalars(ScalarKind)

  /// A string to look for as it is; an empty one is found between all scalars.
  init(string: String) throws(TokenizerError) {
    if string.isEmpty { self = .regex(try Regex("")) } else { self = .string(Array(string.utf8)) }
  }

  /// Calls `body` with the matches in a part of a text, from left to right.
  /// - Throws: `TokenizerError.patternLimit`.
  func forEachMatch(
    in text: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) throws(TokenizerError) {
    switch self {
    case .regex(let regex): try regex.forEachMatch(in: text, range, body)
    case .string(let wanted): forEachOccurrence(of: wanted.span, in: text, range, body)
    case .scalars(let kind):
      var index = range.lowerBound
      while index < range.upperBound {
        let next = scalar(at: index, in: text)
        let end = index + UTF8.width(next)
        if kind.contains(next) { body(index..<end) }
        index = end
      }
    }
  }
}

/// Calls `body` with each place of `wanted`, which is not empty, that does not overlap the one before it. O(bytes) for
/// one byte, otherwise O(bytes × wanted) at worst.
func forEachOccurrence(
  of wanted: Span<UInt8>, in text: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
) {
  let first = wanted[0]
  var index = range.lowerBound
  while let place = text.firstIndex(of: first, from: index, to: range.upperBound - wanted.count + 1) {
    var length = 1
    while length < wanted.count, text[place + length] == wanted[length] { length += 1 }
    if length == wanted.count {
      body(place..<(place + length))
      index = place + length
    } else {
      index = place + 1
    }
  }
}

extension Span<UInt8> {
  /// The first place of a byte within a range, looked for 32 bytes at a time.
  func firstIndex(of byte: UInt8, from start: Int, to end: Int) -> Int? {
    var index = start
    let wanted = SIMD32<UInt8>(repeating: byte)
    while index + 32 <= end {
      let block = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
      if any(block .== wanted) { break }
      index += 32
    }
    while index < end {
      if self[index] == byte { return index }
      index += 1
    }
    return nil
  }
}
