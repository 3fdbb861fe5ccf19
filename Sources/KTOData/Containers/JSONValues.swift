internal import KTOCore

/// JSON values that follow one another, pretty-printed over several lines.
struct JSONValues: RecordContainer {
  static let name = "JSON values"
  static let summary = "JSON values that follow one another, each over several lines"

  private let input: InputBuffer
  private var cutter = JSONValueCutter()
  private var isFinished = false

  init(_ input: InputBuffer) { self.input = input }

  /// An object that its first line does not close. Where the line closes it, the file is JSON lines.
  static func recognizes(_ input: InputBuffer) throws -> Bool {
    guard let first = try input.firstVisible(), input.bytes[first] == UInt8(ascii: "{") else { return false }
    var scanner = BracketScanner()
    var index = first
    while true {
      while index < input.bytes.count {
        let byte = input.bytes[index]
        if byte == 0x0A, !scanner.isInString { return scanner.depth > 0 }
        if scanner.step(byte), scanner.depth == 0 { return false }
        index += 1
      }
      if index - first > InputBuffer.maxRecordByteCount { return false }
      if try !input.fill() { return false }
    }
  }

  mutating func next() throws -> RecordBatch? {
    if isFinished { return nil }
    var parts: [Range<Int>] = []
    var index = 0
    while index < InputBuffer.pieceByteCount {
      guard let first = try input.firstVisible(from: index) else {
        isFinished = true
        return RecordBatch(lastOf: input, parts, at: nil, nil, recordStart: nil)
      }
      switch try cutter.cut(input, from: first, endsWithInput: true) {
      case .success(let end):
        parts.append(first..<end)
        index = end
      case .failure(let error):
        isFinished = true
        return RecordBatch(
          lastOf: input, parts, at: error.offset, error.reason, recordStart: error.recordStart)
      }
    }
    let (bytes, start) = input.take(index)
    return RecordBatch(bytes: bytes, start: start, records: .parts(parts))
  }
}
