internal import KTOCore

/// A JSON array whose elements are the records. Only brackets and strings are followed, so memory holds no more than a
/// batch, and a bad element does not hide the next.
struct JSONArray: RecordContainer {
  static let name = "JSON array"
  static let summary = "one JSON array whose elements are the records"

  private let input: InputBuffer
  private var cutter = JSONValueCutter()
  private var hasBegun = false
  private var isFinished = false
  private var hasElements = false

  init(_ input: InputBuffer) { self.input = input }

  static func recognizes(_ input: InputBuffer) throws -> Bool {
    guard let bracket = try input.firstVisible(), input.bytes[bracket] == UInt8(ascii: "[") else {
      return false
    }
    // A date in brackets, as a log's line begins with, opens no array of records.
    guard let first = try input.firstVisible(from: bracket + 1) else { return true }
    return !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(input.bytes[first])
  }

  mutating func next() throws -> RecordBatch? {
    if isFinished { return nil }
    var parts: [Range<Int>] = []
    var index = 0
    if !hasBegun, let bracket = try input.firstVisible() {
      hasBegun = true
      index = bracket + 1
    }
    while index < InputBuffer.pieceByteCount {
      guard let first = try input.firstVisible(from: index) else { return finish(parts, at: nil, .truncated) }
      index = first
      if input.bytes[index] == UInt8(ascii: "]") {
        guard let behind = try input.firstVisible(from: index + 1) else { return finish(parts) }
        return finish(
          parts, at: behind, .trailingContent, cause: "something follows the end of the array",
          hint: "a file holds one array, or a record a line")
      }
      if hasElements {
        guard input.bytes[index] == UInt8(ascii: ",") else {
          return finish(
            parts, at: index, .syntax, cause: "a comma is missing between two elements of the array",
            hint:
              "put a comma behind each element but the last, or take [ and ] away and leave a record a line")
        }
        guard let element = try input.firstVisible(from: index + 1) else {
          return finish(parts, at: nil, .truncated)
        }
        index = element
        if input.bytes[index] == UInt8(ascii: "]") {
          return finish(
            parts, at: index, .syntax, cause: "a comma before the closing ]",
            hint: "JSON has no comma behind the last element: take it away")
        }
      }
      switch try cutter.cut(input, from: index, endsWithInput: false) {
      case .success(let end):
        parts.append(index..<end)
        index = end
        hasElements = true
      case .failure(let error):
        return finish(parts, at: error.offset, error.reason, recordStart: error.recordStart)
      }
    }
    let (bytes, start) = input.take(index)
    return RecordBatch(bytes: bytes, start: start, records: .parts(parts))
  }

  /// The last batch; with a reason the place where the array breaks, nil being its end.
  private mutating func finish(
    _ parts: [Range<Int>], at place: Int? = nil, _ reason: JSONSyntaxError.Reason? = nil,
    recordStart: Int? = nil, cause: String? = nil, hint: String? = nil
  ) -> RecordBatch {
    isFinished = true
    var batch = RecordBatch(lastOf: input, parts, at: place, reason, recordStart: recordStart)
    if let cause { batch.breakage?.message = cause }
    if let hint { batch.breakage?.hint = hint }
    return batch
  }
}

extension RecordBatch {
  /// What is left of an input: its last records and, with a reason, the place where it breaks; nil being its end.
  init(
    lastOf input: InputBuffer, _ parts: [Range<Int>], at place: Int?, _ reason: JSONSyntaxError.Reason?,
    recordStart: Int?
  ) {
    let (bytes, start) = input.take(input.bytes.count)
    self.init(bytes: bytes, start: start, records: .parts(parts))
    guard let reason else { return }
    func position(_ index: Int) -> TextPosition {
      var position = start
      position.advance(over: bytes.span.extracting(first: index))
      return position
    }
    breakage = Breakage(
      message: "\(JSONSyntaxError(reason: reason, offset: 0))", position: position(place ?? bytes.count),
      recordStart: recordStart.map(position),
      hint: reason == .truncated ? "the file looks cut off: fetch or write it again" : nil)
  }
}
