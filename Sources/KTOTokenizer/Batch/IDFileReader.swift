internal import KTOCore

/// Reads the documents of a file of ids and the file of their offsets, as `TokenOutput` writes them.
struct IDFileReader {
  private let path: String
  private var ids: NumberReader
  private let offsetsPath: String
  private var offsets: NumberReader?
  private var offsetCount = 0
  /// The index behind the last id read.
  private var idCount: UInt64 = 0
  private var isAtEnd = false

  /// - Parameter offsets: nil where all ids are one document.
  init(_ source: FileByteSource, named path: String, offsets: (source: FileByteSource, name: String)?) throws
  {
    self.path = path
    ids = NumberReader(source, named: path, width: 4)
    offsetsPath = offsets?.name ?? ""
    guard let offsets else { return }
    var numbers = NumberReader(offsets.source, named: offsets.name, width: 8)
    guard try numbers.next() == 0 else {
      throw BatchError.invalidOffset(path: offsets.name, index: 0, expected: "0")
    }
    self.offsets = numbers
    offsetCount = 1
  }

  /// Replaces `document` with the ids of the next document; answers false at the end.
  /// - Throws: `FileError`, `BatchError`.
  mutating func next(_ document: inout [UInt32]) throws -> Bool {
    document.removeAll(keepingCapacity: true)
    if isAtEnd { return false }
    guard offsets != nil else {
      while let id = try ids.next() { document.append(UInt32(truncatingIfNeeded: id)) }
      isAtEnd = true
      return true
    }
    guard let end = try offsets?.next() else {
      isAtEnd = true
      let expected = idCount
      while try ids.next() != nil { idCount += 1 }
      if idCount != expected { throw countDiffers(expected) }
      return false
    }
    guard end >= idCount else {
      throw BatchError.invalidOffset(path: offsetsPath, index: offsetCount, expected: "\(idCount) or more")
    }
    offsetCount += 1
    while idCount < end {
      guard let id = try ids.next() else { throw countDiffers(end) }
      document.append(UInt32(truncatingIfNeeded: id))
      idCount += 1
    }
    return true
  }

  private func countDiffers(_ expected: UInt64) -> BatchError {
    .idCountDiffers(path: path, expected: expected, actual: idCount)
  }
}
