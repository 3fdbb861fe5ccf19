/// One top-level record of a JSON file, still as bytes.
package struct JSONRecord: Sendable {
  package var bytes: ArraySlice<UInt8>
  /// Where the record begins in the file.
  package var byteOffset: Int
}

/// Cuts a JSON file into its records without holding more than one: the elements of a top-level array, the
/// lines of JSONL, or values that follow one another.
///
/// Only brackets and strings are followed here, at memory speed; each record is parsed by whoever reads it, so
/// one bad record does not hide the next.
package struct JSONRecordReader {
  package enum Layout: Sendable, Equatable { case array, lines, values }

  package enum Item: Sendable {
    case record(JSONRecord)
    /// The file's frame is broken at this offset (from the file's start); nothing more can be cut from it.
    case broken(JSONSyntaxError, recordOffset: Int?)
  }

  package private(set) var layout: Layout = .lines
  private let source: FileByteSource
  private let maxRecordByteCount: Int
  private var buffer: [UInt8] = []
  private var bufferOffset = 0
  private var cursor = 0
  private var isAtEnd = false
  private var isFinished = false
  private var recordCount = 0

  /// - Parameter maxRecordByteCount: a longer record is an error, so that no file can take all memory.
  /// - Throws: `FileError` when the file cannot be read.
  package init(path: String, maxRecordByteCount: Int = 64 << 20) throws {
    source = try FileByteSource(path: path)
    self.maxRecordByteCount = maxRecordByteCount
    try fill()
    if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { cursor = 3 }
    try skipSpace()
    layout = try chooseLayout()
    if layout == .array { cursor += 1 }
  }

  /// The next record, or the place where the file breaks, or nil at its end.
  /// - Throws: `FileError` when reading fails.
  package mutating func next() throws -> Item? {
    guard !isFinished else { return nil }
    discard()
    switch layout {
    case .lines: return try nextLine()
    case .values:
      try skipSpace()
      guard cursor < buffer.count else { return finish(nil) }
      return try nextValue()
    case .array: return try nextElement()
    }
  }

  // MARK: - Layouts

  private mutating func chooseLayout() throws -> Layout {
    guard cursor < buffer.count else { return .lines }
    switch buffer[cursor] {
    case UInt8(ascii: "["):
      // JSONL whose records are arrays: the first line is a whole array and another value follows it.
      return .array
    case UInt8(ascii: "{"):
      // A first line that closes what it opens means JSONL; otherwise one or more pretty-printed values.
      var scanner = BracketScanner()
      var index = cursor
      while true {
        while index >= buffer.count, try fill() {}
        guard index < buffer.count, index - cursor < maxRecordByteCount else { return .lines }
        if buffer[index] == 0x0A, !scanner.isInString { return scanner.depth == 0 ? .lines : .values }
        if scanner.step(buffer[index]), scanner.depth == 0 { return .lines }
        index += 1
      }
    default: return .lines
    }
  }

  private mutating func nextLine() throws -> Item? {
    while true {
      var searchFrom = cursor
      var end: Int?
      while true {
        end = buffer[searchFrom...].firstIndex(of: 0x0A)
        if end != nil { break }
        searchFrom = buffer.count
        if searchFrom - cursor > maxRecordByteCount {
          return finish(.broken(tooLarge(at: cursor), recordOffset: bufferOffset + cursor))
        }
        if try !fill() { break }
      }
      let lineEnd = end ?? buffer.count
      if cursor >= buffer.count { return finish(nil) }
      let start = cursor
      cursor = end.map { $0 + 1 } ?? buffer.count
      var line = buffer[start..<lineEnd]
      while let last = line.last, isSpace(last) { line = line.dropLast() }
      while let first = line.first, isSpace(first) { line = line.dropFirst() }
      if line.isEmpty { continue }
      return record(line)
    }
  }

  private mutating func nextElement() throws -> Item? {
    try skipSpace()
    guard cursor < buffer.count else { return finish(.broken(truncated(), recordOffset: nil)) }
    if buffer[cursor] == UInt8(ascii: "]") {
      cursor += 1
      try skipSpace()
      guard cursor < buffer.count else { return finish(nil) }
      return finish(.broken(error(.trailingContent), recordOffset: nil))
    }
    if recordCount > 0 {
      guard buffer[cursor] == UInt8(ascii: ",") else {
        return finish(.broken(error(.syntax), recordOffset: nil))
      }
      cursor += 1
      try skipSpace()
      guard cursor < buffer.count else { return finish(.broken(truncated(), recordOffset: nil)) }
    }
    return try nextValue()
  }

  /// Cuts one value that starts at the cursor: to the bracket that closes it, or for a scalar to the
  /// next delimiter.
  private mutating func nextValue() throws -> Item? {
    let start = cursor
    var scanner = BracketScanner()
    var index = start
    let first = buffer[start]
    let isContainer = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    let isString = first == UInt8(ascii: "\"")
    while true {
      while index < buffer.count {
        let byte = buffer[index]
        if !isContainer, !isString, !scanner.isInString,
          byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || isSpace(byte)
        {
          if index == start { return finish(.broken(error(.syntax), recordOffset: nil)) }
          cursor = index
          return record(buffer[start..<index])
        }
        let closed = scanner.step(byte)
        index += 1
        if scanner.depth == 0, isContainer ? closed : isString && index - start > 1 && !scanner.isInString {
          cursor = index
          return record(buffer[start..<index])
        }
      }
      if index - start > maxRecordByteCount {
        return finish(.broken(tooLarge(at: start), recordOffset: bufferOffset + start))
      }
      if try !fill() {
        if !isContainer, !isString, layout == .values {
          cursor = index
          return record(buffer[start..<index])
        }
        return finish(.broken(truncated(), recordOffset: bufferOffset + start))
      }
    }
  }

  // MARK: - Buffer

  @discardableResult
  private mutating func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    let piece = try source.read(upTo: 1 << 18)
    isAtEnd = piece.isEmpty
    buffer += piece
    return !isAtEnd
  }

  private mutating func discard() {
    guard cursor >= 1 << 18 else { return }
    buffer.removeSubrange(..<cursor)
    bufferOffset += cursor
    cursor = 0
  }

  private mutating func skipSpace() throws {
    while true {
      while cursor < buffer.count, isSpace(buffer[cursor]) { cursor += 1 }
      if cursor < buffer.count { return }
      if try !fill() { return }
    }
  }

  private mutating func record(_ bytes: ArraySlice<UInt8>) -> Item {
    recordCount += 1
    return .record(JSONRecord(bytes: bytes, byteOffset: bufferOffset + bytes.startIndex))
  }

  private mutating func finish(_ item: Item?) -> Item? {
    isFinished = true
    return item
  }

  private func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
    JSONSyntaxError(reason: reason, offset: bufferOffset + cursor)
  }

  private func truncated() -> JSONSyntaxError {
    JSONSyntaxError(reason: .truncated, offset: bufferOffset + buffer.count)
  }

  private func tooLarge(at index: Int) -> JSONSyntaxError {
    JSONSyntaxError(reason: .tooLarge(limit: maxRecordByteCount), offset: bufferOffset + index)
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}

/// Follows brackets and strings, which is all that cutting needs.
private struct BracketScanner {
  var depth = 0
  var isInString = false
  private var isEscaped = false

  /// Takes one byte; true where it closed a bracket.
  mutating func step(_ byte: UInt8) -> Bool {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return false
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return true
    default: break
    }
    return false
  }
}
