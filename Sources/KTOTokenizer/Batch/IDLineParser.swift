/// Reads a line such as `[1, 2, 3]`.
enum IDLineParser {
  struct Flaw: Error, Equatable {
    var expected: String
    /// In bytes from the line's start.
    var offset: Int
  }

  /// Appends the ids of a line; answers false for a line of white space, which has none.
  static func parse(_ line: Span<UInt8>, into ids: inout [UInt32]) throws(Flaw) -> Bool {
    var index = 0
    if peek(line, &index) == nil { return false }
    try expect("[", line, &index)
    if peek(line, &index) == UInt8(ascii: "]") {
      index += 1
    } else {
      while true {
        ids.append(try number(line, &index))
        if peek(line, &index) == UInt8(ascii: "]") { break }
        try expect(",", line, &index, or: "]")
      }
      index += 1
    }
    if peek(line, &index) != nil { throw Flaw(expected: "the end of the line", offset: index) }
    return true
  }

  /// The next byte that is no white space, nil at the end.
  private static func peek(_ line: Span<UInt8>, _ index: inout Int) -> UInt8? {
    while index < line.count {
      switch line[index] {
      case 0x20, 0x09, 0x0D: index += 1
      default: return line[index]
      }
    }
    return nil
  }

  private static func expect(
    _ byte: Unicode.Scalar, _ line: Span<UInt8>, _ index: inout Int, or other: String? = nil
  ) throws(Flaw) {
    guard peek(line, &index) == UInt8(ascii: byte) else {
      throw Flaw(expected: "'\(byte)'" + (other.map { " or '\($0)'" } ?? ""), offset: index)
    }
    index += 1
  }

  private static func number(_ line: Span<UInt8>, _ index: inout Int) throws(Flaw) -> UInt32 {
    _ = peek(line, &index)
    let start = index
    var value: UInt64 = 0
    while index < line.count, line[index] >= UInt8(ascii: "0"), line[index] <= UInt8(ascii: "9") {
      value = value * 10 + UInt64(line[index] - UInt8(ascii: "0"))
      guard value <= UInt64(UInt32.max) else { break }
      index += 1
    }
    guard index > start, let id = UInt32(exactly: value) else {
      throw Flaw(expected: "an id, a whole number from 0 to \(UInt32.max)", offset: start)
    }
    return id
  }
}
