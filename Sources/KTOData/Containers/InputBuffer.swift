internal import KTOCore

/// An input read from front to back: containers look at what has come, and take from its beginning.
final class InputBuffer {
  private let source: any ByteSource
  /// Read, and not yet taken.
  private(set) var bytes: [UInt8] = []
  /// The place of the first of `bytes`.
  private(set) var position = TextPosition()
  private(set) var isAtEnd = false
  /// Why the input ended before its time: compressed data that is damaged, UTF-16 that is none.
  private(set) var damage: InputError?

  /// Whether the text breaks off where the input ended, so that its last record is none.
  var isCutOff: Bool {
    switch damage {
    case nil, .trailingBytes: false
    default: true
    }
  }

  /// Bytes that are read at a time, and about as many as a batch has.
  static let pieceByteCount = 1 << 18
  /// A longer record is an error, so that no input can take all memory.
  static let maxRecordByteCount = 64 << 20

  /// Opens an input and passes over a byte order mark.
  init(_ source: any ByteSource) throws {
    self.source = source
    try fill()
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { _ = take(3) }
  }

  /// Reads more; false at the end. What comes before damage is read.
  @discardableResult
  func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    // For a record larger than a piece, what is read at once grows with it.
    var piece: [UInt8] = []
    do { piece = try source.read(upTo: max(Self.pieceByteCount, bytes.count / 2)) } catch let error
      as InputError
    {
      damage = error
    }
    isAtEnd = piece.isEmpty
    if bytes.isEmpty { bytes = piece } else { bytes += piece }
    return !isAtEnd
  }

  /// Takes the first bytes.
  func take(_ count: Int) -> (bytes: [UInt8], start: TextPosition) {
    let start = position
    let taken = count == bytes.count ? bytes : Array(bytes[..<count])
    if count == bytes.count { bytes = [] } else { bytes.removeSubrange(..<count) }
    position.advance(over: taken.span)
    return (taken, start)
  }

  /// The index of the first byte from `start` on that is not white space of JSON; nil where the input ends before.
  func firstVisible(from start: Int = 0) throws -> Int? {
    var index = start
    while true {
      while index < bytes.count {
        if !isJSONSpace(bytes[index]) { return index }
        index += 1
      }
      if try !fill() { return nil }
    }
  }
}

/// Space, line feed, carriage return or tab.
func isJSONSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
