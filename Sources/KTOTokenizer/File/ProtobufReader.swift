/// Reads the fields of one protocol buffers message, never past its end. Messages inside it are ranges to read on
/// in, so nothing nests deeper than the caller asks for.
///
/// Source: the protocol buffers encoding guide. Groups, which no sentencepiece model has, are refused.
struct ProtobufReader {
  enum Value: Equatable {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A string, bytes or a message, by where it is in the file.
    case bytes(Range<Int>)
  }

  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    offset = range.lowerBound
    end = min(range.upperBound, bytes.count)
  }

  /// The next field's number and value; nil at the end.
  /// - Throws: `TokenizerError.malformed` with the offset of what is not a field.
  mutating func next() throws(TokenizerError) -> (number: Int, value: Value)? {
    guard offset < end else { return nil }
    let start = offset
    let key = try varint()
    guard let number = Int(exactly: key >> 3), number > 0, number < 1 << 29 else {
      throw Self.malformed("a field's number", start)
    }
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(try fixed(8)))
    case 2:
      let count = try varint()
      guard count <= UInt64(end - offset) else { throw Self.malformed("\(count) more bytes", start) }
      let range = offset..<offset + Int(count)
      offset = range.upperBound
      return (number, .bytes(range))
    case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    default: throw Self.malformed("a field of a known type", start)
    }
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    for index in 0..<10 {
      guard offset < end else { throw Self.malformed("the rest of a number", start) }
      let byte = bytes[offset]
      offset += 1
      // The tenth byte holds bit 63 alone.
      guard index < 9 || byte <= 1 else { break }
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 { return value }
    }
    throw Self.malformed("a number of at most 64 bits", start)
  }

  private mutating func fixed(_ count: Int) throws(TokenizerError) -> UInt64 {
    guard end - offset >= count else { throw Self.malformed("\(count) more bytes", offset) }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    offset += count
    return value
  }

  private static func malformed(_ expected: String, _ offset: Int) -> TokenizerError {
    .malformed(pointer: "", expected: expected, offset: offset)
  }
}
