/// A text as it stands in a file, which knows where each of its bytes comes from: a string of JSON with its escapes, or a
/// cell of a table with its quotation marks.
struct TextLiteral {
  /// The whole literal, with its quotation marks, in the record.
  let whole: Range<Int>
  /// Where each byte of the text begins in the record, and where the last one ends. Bytes of one escape share a start.
  private let starts: [Int]

  /// The bytes of the record that a part of the text stands for.
  /// - Parameter range: bytes of the text's UTF-8, at borders of characters.
  func raw(_ range: Range<Int>) -> Range<Int> { starts[range.lowerBound]..<starts[range.upperBound] }

  /// - Parameters:
  ///   - offset: the opening quotation mark.
  ///   - text: what the string says.
  /// - Returns: nil where no string that says so is there.
  init?(json bytes: ArraySlice<UInt8>, at offset: Int, _ text: String) {
    let first = bytes.startIndex + offset
    guard bytes.indices.contains(first), bytes[first] == UInt8(ascii: "\"") else { return nil }
    let decoded = Array(text.utf8)
    var starts: [Int] = []
    starts.reserveCapacity(decoded.count + 1)
    var index = first + 1
    while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
      let start = index
      var count = 1
      if bytes[index] == UInt8(ascii: "\\") {
        guard let escape = Self.escape(bytes, at: index) else { return nil }
        (index, count) = (index + escape.byteCount, escape.textByteCount)
      } else {
        guard starts.count < decoded.count, decoded[starts.count] == bytes[index] else { return nil }
        index += 1
      }
      for _ in 0..<count { starts.append(start - bytes.startIndex) }
    }
    guard index < bytes.endIndex, starts.count == decoded.count else { return nil }
    starts.append(index - bytes.startIndex)
    self.starts = starts
    whole = offset..<(index + 1 - bytes.startIndex)
  }

  /// The length of an escape, and of what it stands for in UTF-8.
  private static func escape(_ bytes: ArraySlice<UInt8>, at index: Int) -> (
    byteCount: Int, textByteCount: Int
  )? {
    guard index + 1 < bytes.endIndex else { return nil }
    guard bytes[index + 1] == UInt8(ascii: "u") else { return (2, 1) }
    func unit(_ place: Int) -> UInt32? {
      guard place + 6 <= bytes.endIndex, bytes[place] == UInt8(ascii: "\\"),
        bytes[place + 1] == UInt8(ascii: "u")
      else { return nil }
      return UInt32(String(decoding: bytes[(place + 2)..<(place + 6)], as: UTF8.self), radix: 16)
    }
    guard let first = unit(index) else { return nil }
    if (0xD800..<0xDC00).contains(first), let second = unit(index + 6), (0xDC00..<0xE000).contains(second) {
      return (12, 4)
    }
    return (6, first < 0x80 ? 1 : first < 0x800 ? 2 : 3)
  }

  /// - Parameters:
  ///   - offset: the first byte of the cell.
  ///   - text: what the cell says.
  /// - Returns: nil where the cell is not written so.
  init?(cell bytes: ArraySlice<UInt8>, at offset: Int, _ text: String) {
    let decoded = Array(text.utf8)
    let first = bytes.startIndex + offset
    guard bytes.indices.contains(first) else { return nil }
    let quote = UInt8(ascii: "\"")
    let isQuoted = bytes[first] == quote
    var index = isQuoted ? first + 1 : first
    var starts: [Int] = []
    starts.reserveCapacity(decoded.count + 1)
    for byte in decoded {
      guard index < bytes.endIndex, bytes[index] == byte else { return nil }
      starts.append(index - bytes.startIndex)
      let isDoubled = isQuoted && byte == quote
      if isDoubled, index + 1 >= bytes.endIndex || bytes[index + 1] != quote { return nil }
      index += isDoubled ? 2 : 1
    }
    starts.append(index - bytes.startIndex)
    if isQuoted {
      guard index < bytes.endIndex, bytes[index] == quote else { return nil }
      index += 1
    }
    self.starts = starts
    whole = offset..<(index - bytes.startIndex)
  }
}
