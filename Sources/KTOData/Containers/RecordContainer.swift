internal import KTOCore

/// A way in which records lie in a file: lines of JSON, an array, rows of XML.
///
/// It cuts records and knows their places; what they mean is a format's business. To add one, write its file here and
/// its line in `RecordContainers.swift`.
protocol RecordContainer: SendableMetatype {
  /// What help calls it: `JSON lines`.
  static var name: String { get }
  static var summary: String { get }
  /// Whether an input is one, by what it begins with; asked in the order of the list. May read on, but takes nothing.
  static func recognizes(_ input: InputBuffer) throws -> Bool
  init(_ input: InputBuffer) throws
  /// The next records, some hundred kilobytes of them; nil at the end.
  /// - Throws: `FileError` when reading fails. What is wrong with the text is a break in the batch instead.
  mutating func next() throws -> RecordBatch?
}

/// Records that are read together, as they are handed to one thread.
struct RecordBatch: Sendable {
  enum Records: Sendable {
    /// A record a line of `bytes`.
    case lines
    /// Parts of `bytes`, in their order.
    case parts([Range<Int>])
    /// Records that the container has taken apart itself.
    case decoded([DecodedRecord])
  }

  var bytes: [UInt8] = []
  /// The place of the first byte.
  var start = TextPosition()
  var records: Records
  /// Why nothing can be cut behind these records.
  var breakage: Breakage?
}

/// A record whose container is not JSON, as the value that a format reads.
package struct DecodedRecord: Sendable {
  /// Nil where the record belongs to the format but holds no example of its own.
  var value: JSONNode?
  var position: TextPosition
  /// Its text as it stood in the file.
  var text: [UInt8]
  /// Whether its values are text because its container knows no types.
  var isUntyped = false
  /// What joining records found wrong with it.
  var finding: RecordFinding?
}

/// The place where an input stops being what its container is.
struct Breakage: Sendable {
  var message: String
  var position: TextPosition
  /// Where the record began that the break lies in.
  var recordStart: TextPosition?
  var hint: String?
}

/// A place in a text: bytes from its start, line and column from 1; a column counts bytes.
package struct TextPosition: Sendable, Equatable {
  var byteOffset = 0
  var line = 1
  var column = 1

  func location(in file: String) -> SourceLocation {
    SourceLocation(file: file, byteOffset: byteOffset, line: line, column: column)
  }

  /// Moves behind some bytes of the text.
  mutating func advance(over bytes: Span<UInt8>) {
    byteOffset += bytes.count
    let newlines = count(of: 0x0A, in: bytes)
    guard newlines > 0, let last = lastIndex(of: 0x0A, in: bytes, from: 0) else {
      column += bytes.count
      return
    }
    line += newlines
    column = bytes.count - last
  }
}
