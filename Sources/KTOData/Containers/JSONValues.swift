internal import KTOCore

/// JSON values that follow one another, pretty-printed over several lines.
struct JSONValues: RecordContainer {
  static let name = "JSON values"
  static let summary = "JSON values that follow one another, each over several lines"

  private let input: InputBuffer
  private var cutter = JSONValueCutter()
  private var isFinished = false

  init(_ input: InputBuffer) { self.input = input }

  /// Objects that do not have a line each: they go over several, or one line has several of them. Where each of the
  /// first ones has a line to itself, or a line breaks off, the file is JSON lines.
  static func recognizes(_ input: InputBuffer) throws -> Bool {
    guard var index = try input.firstVisible() else { return false }
    var (isSpread, sharesLine) = (false, false)
    for count in 0..<surveyCount {
      // The first value is read to its end; of the others only what is there already.
      guard index < input.bytes.count, input.bytes[index] == UInt8(ascii: "{") else { break }
      guard let value = try ValueSurvey(input, from: index, mayFill: count == 0) else { return isSpread }
      // A later value that does not close again may be a line that breaks off.
      if value.isSpread, count == 0 || value.end != nil { isSpread = true }
      guard let end = value.end else { break }
      guard let next = input.bytes[end...].firstIndex(where: { !isJSONSpace($0) }) else { break }
      if !input.bytes[end..<next].contains(0x0A), input.bytes[next] == UInt8(ascii: "{") { sharesLine = true }
      index = next
    }
    return isSpread || sharesLine
  }

  /// How many values are looked at to recognize the container.
  private static let surveyCount = 64

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
        let mark = error.offset.map { input.bytes[$0] }
        var batch = RecordBatch(
          lastOf: input, parts, at: error.offset, error.reason, recordStart: error.recordStart)
        if error.reason == .syntax, mark == UInt8(ascii: ",") {
          batch.breakage?.message = "a comma between the records, as inside an array"
          batch.breakage?.hint =
            "put [ before the first record and ] behind the last, or take the commas away"
        } else if error.reason == .syntax {
          batch.breakage?.message = "a closing bracket that nothing opened"
          batch.breakage?.hint = "take it away"
        }
        return batch
      }
    }
    let (bytes, start) = input.take(index)
    return RecordBatch(bytes: bytes, start: start, records: .parts(parts))
  }
}

/// One value on the way to telling how the values of a file lie.
private struct ValueSurvey {
  /// The index behind it; nil where the bytes end before.
  private(set) var end: Int?
  /// Whether it goes over several lines, as JSON may.
  private(set) var isSpread = false

  /// - Returns: nil where a line breaks off: in a string, or where JSON cannot go on as the next line does.
  init?(_ input: InputBuffer, from start: Int, mayFill: Bool) throws {
    var scanner = BracketScanner()
    var open: [UInt8] = []
    var last = input.bytes[start]
    var isAfterBreak = false
    var index = start
    while true {
      while index < input.bytes.count {
        let byte = input.bytes[index]
        if byte == 0x0A {
          if scanner.isInString { return nil }
          isAfterBreak = true
        } else if !isJSONSpace(byte) || scanner.isInString {
          if isAfterBreak {
            guard goesOn(from: last, in: open.last, with: byte) else { return nil }
            isSpread = true
            isAfterBreak = false
          }
          last = byte
        }
        if !scanner.isInString {
          if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { open.append(byte) }
          if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { _ = open.popLast() }
        }
        let closed = scanner.step(byte)
        index += 1
        if closed, scanner.depth == 0 {
          end = index
          return
        }
      }
      guard mayFill, index - start <= InputBuffer.maxRecordByteCount, try input.fill() else { return }
    }
  }
}

/// Whether a value may go on with `next` on a new line after `last`, within the bracket that is open. Behind a colon it
/// may, but no program breaks the line there, and lines that break off do.
private func goesOn(from last: UInt8, in open: UInt8?, with next: UInt8) -> Bool {
  let isObject = open == UInt8(ascii: "{")
  return switch last {
  case UInt8(ascii: "{"): next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
  case UInt8(ascii: ","): !isObject || next == UInt8(ascii: "\"")
  case UInt8(ascii: "["): true
  default: Array(",]}:".utf8).contains(next)
  }
}
