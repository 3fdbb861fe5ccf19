/// sentencepiece's own normalizer: a table of replacements, then white space as its options ask.
///
/// User-defined symbols are left as they are. Source: the steps of normalizer.cc of google/sentencepiece.
struct SentencePieceNormalizer: Sendable {
  /// The mark that stands for a space: U+2581.
  static let mark: [UInt8] = [0xE2, 0x96, 0x81]

  var charsmap: PrecompiledCharsmap?
  var userDefined = TokenTrie()
  var addsDummyPrefix: Bool
  var removesExtraSpaces: Bool
  var escapesSpaces: Bool
  /// Puts the dummy prefix at the end.
  var putsSpaceLast: Bool

  /// Valid UTF-8 in and out. O(bytes × longest entry of the tables).
  func normalize(_ text: [UInt8]) -> [UInt8] {
    let space = escapesSpaces ? Self.mark : [0x20]
    let span = text.span
    var start = 0
    if removesExtraSpaces {
      while start < text.count {
        let (part, width) = prefix(at: start, in: span)
        guard part == [0x20] else { break }
        start += width
      }
    }
    if start == text.count { return [] }
    var output: [UInt8] = []
    output.reserveCapacity(text.count + text.count / 4)
    if addsDummyPrefix, !putsSpaceLast { output += space }
    var followsSpace = removesExtraSpaces
    while start < text.count {
      let byte = span[start]
      if byte != 0x20, byte < 0x80, charsmap == nil, !userDefined.mayBegin(with: byte) {
        output.append(byte)
        followsSpace = false
        start += 1
        continue
      }
      var (part, width) = prefix(at: start, in: span)
      start += width
      if followsSpace { part = part.drop { $0 == 0x20 } }
      guard let last = part.last else { continue }
      for byte in part {
        if byte == 0x20 { output += space } else { output.append(byte) }
      }
      followsSpace = removesExtraSpaces && last == 0x20
    }
    if removesExtraSpaces {
      // A mark that was in the text goes too, as in the reference.
      while output.suffix(space.count).elementsEqual(space) { output.removeLast(space.count) }
    }
    if addsDummyPrefix, putsSpaceLast { output += space }
    return output
  }

  /// What the text at `start` becomes, and how many of its bytes that takes.
  private func prefix(at start: Int, in text: Span<UInt8>) -> (part: ArraySlice<UInt8>, byteCount: Int) {
    if let match = userDefined.longest(in: text, at: start) {
      return (copy(text, match.range), match.range.count)
    }
    if let match = charsmap?.replacement(at: start, in: text) { return (match.bytes, match.byteCount) }
    let width = UTF8.width(scalar(at: start, in: text))
    let end = min(start + width, text.count)
    return (copy(text, start..<end), end - start)
  }

  private func copy(_ text: Span<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8> {
    ArraySlice(range.map { text[$0] })
  }
}
