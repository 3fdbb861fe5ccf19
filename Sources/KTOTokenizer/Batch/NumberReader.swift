internal import KTOCore

/// Reads a file of little-endian numbers of one width from front to back. Memory: one piece of the file.
struct NumberReader {
  private let source: FileByteSource
  private let path: String
  private let width: Int
  private var piece: [UInt8] = []
  private var place = 0

  /// - Parameter width: bytes a number, at most 8.
  init(_ source: FileByteSource, named path: String, width: Int) {
    self.source = source
    self.path = path
    self.width = width
  }

  /// The next number, nil at the end.
  /// - Throws: `FileError`; `BatchError.truncatedNumbers` where the file ends within a number.
  mutating func next() throws -> UInt64? {
    while piece.count - place < width {
      let more = try source.read(upTo: 1 << 18)
      if more.isEmpty {
        guard place == piece.count else { throw BatchError.truncatedNumbers(path: path, width: width) }
        return nil
      }
      piece = Array(piece[place...]) + more
      place = 0
    }
    var number: UInt64 = 0
    for index in 0..<width { number |= UInt64(piece[place + index]) << (8 * UInt64(index)) }
    place += width
    return number
  }
}
