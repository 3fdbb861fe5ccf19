/// Cuts a piece as GPT-2's pattern does, by hand:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// The piece's end counts as the end of the text. O(bytes).
func cutByGPT2Pattern(_ text: Span<UInt8>, _ range: Range<Int>, _ parts: inout [Range<Int>]) {
  let end = range.upperBound
  var index = range.lowerBound
  while index < end {
    let first = index
    if let suffixEnd = contraction(text, index, end) {
      index = suffixEnd
      parts.append(first..<index)
      continue
    }
    var start = index
    if text[index] == 0x20, index + 1 < end { start = index + 1 }
    var (kind, width) = wordClass(at: start, in: text)
    if kind != .space {
      index = start
      let run = kind
      repeat {
        index += width
        if index >= end { break }
        (kind, width) = wordClass(at: index, in: text)
      } while kind == run
    } else {
      index = endOfSpaces(text, index, end)
    }
    parts.append(first..<index)
  }
}

/// The end of an English contraction's suffix that begins at `index`.
@inline(__always)
private func contraction(_ text: Span<UInt8>, _ index: Int, _ end: Int) -> Int? {
  guard text[index] == UInt8(ascii: "'"), index + 1 < end else { return nil }
  switch text[index + 1] {
  case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return index + 2
  case UInt8(ascii: "r"), UInt8(ascii: "v"):
    return index + 2 < end && text[index + 2] == UInt8(ascii: "e") ? index + 3 : nil
  case UInt8(ascii: "l"):
    return index + 2 < end && text[index + 2] == UInt8(ascii: "l") ? index + 3 : nil
  default: return nil
  }
}

/// A run of white space, without its last character where something follows and the run has two or more.
private func endOfSpaces(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
  var index = start
  var last = start
  while index < end {
    let (kind, width) = wordClass(at: index, in: text)
    if kind != .space {
      return last > start ? last : index
    }
    last = index
    index += width
  }
  return end
}

/// What the pattern tells apart.
private enum WordClass { case letter, number, space, other }

/// The class of the character that begins at `index` of valid UTF-8, and its length in bytes.
private func wordClass(at index: Int, in text: Span<UInt8>) -> (class: WordClass, width: Int) {
  let scalar = scalar(at: index, in: text)
  let width = UTF8.width(scalar)
  switch CharacterKindTable.shared[scalar.value] {
  case .upper, .lower, .uncased, .ideographLetter: return (.letter, width)
  case .number: return (.number, width)
  case .space: return (.space, width)
  default: return (.other, width)
  }
}
