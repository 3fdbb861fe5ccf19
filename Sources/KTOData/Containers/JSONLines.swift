internal import KTOCore

/// JSON lines: a record a line. Blank lines are passed over. Each line is parsed by itself, so a bad one does not hide
/// the next.
struct JSONLines: RecordContainer {
  static let name = "JSON lines"
  static let summary = "one JSON value a line"

  private let input: InputBuffer
  private var isBroken = false
  private var hasBegun = false

  init(_ input: InputBuffer) { self.input = input }

  static func recognizes(_ input: InputBuffer) -> Bool { true }

  mutating func next() throws -> RecordBatch? {
    if isBroken { return nil }
    if !hasBegun {
      hasBegun = true
      if let comma = commaBetweenLines() { return separated(by: comma) }
    }
    var searched = 0
    while true {
      if input.isAtEnd || input.bytes.count >= InputBuffer.pieceByteCount {
        let bytes = input.bytes
        if let last = lastIndex(of: 0x0A, in: bytes.span, from: searched) { return batch(last + 1) }
        searched = input.bytes.count
      }
      if input.isAtEnd {
        // A line that damage cut off is no record: the damage is told, once.
        if input.isCutOff { _ = input.take(input.bytes.count) }
        return input.bytes.isEmpty ? nil : batch(input.bytes.count)
      }
      guard input.bytes.count <= InputBuffer.maxRecordByteCount else { return tooLarge() }
      try input.fill()
    }
  }

  private func batch(_ count: Int) -> RecordBatch {
    let (bytes, start) = input.take(count)
    return RecordBatch(bytes: bytes, start: start, records: .lines)
  }

  // MARK: - Commas

  /// Where a comma is between the first two lines, as inside an array: behind the value of the first, or before that of
  /// the second.
  private func commaBetweenLines() -> (index: Int, isBehind: Bool)? {
    let bytes = input.bytes
    func visible(from start: Int) -> Int? {
      start < bytes.count ? bytes[start...].firstIndex { !isJSONSpace($0) } : nil
    }
    func lineEnd(from start: Int) -> Int { firstIndex(of: 0x0A, in: bytes.span, from: start) ?? bytes.count }
    guard let begin = visible(from: 0), bytes[begin] == UInt8(ascii: "{") else { return nil }
    var scanner = BracketScanner()
    var index = begin
    let firstEnd = lineEnd(from: begin)
    guard let end = scanner.end(in: bytes, from: &index), end <= firstEnd else { return nil }
    let second = visible(from: firstEnd)
    guard let comma = visible(from: end), comma < firstEnd else {
      return second.flatMap { bytes[$0] == UInt8(ascii: ",") ? ($0, false) : nil }
    }
    guard bytes[comma] == UInt8(ascii: ","), visible(from: comma + 1) == second else { return nil }
    guard let second else { return (comma, true) }
    // One comma may be a slip; where the second line has none and is not the last, it is one.
    let secondEnd = lineEnd(from: second)
    let last = bytes[second..<secondEnd].last { !isJSONSpace($0) }
    return last == UInt8(ascii: ",") || visible(from: secondEnd) == nil ? (comma, true) : nil
  }

  private mutating func separated(by comma: (index: Int, isBehind: Bool)) -> RecordBatch {
    isBroken = true
    let (before, start) = input.take(comma.index)
    var position = start
    position.advance(over: before.span)
    return RecordBatch(
      records: .lines,
      breakage: Breakage(
        message: "a comma \(comma.isBehind ? "ends" : "begins") each line, as inside an array",
        position: position,
        hint: "put [ before the first line and ] behind the last, or take the commas away"))
  }

  private mutating func tooLarge() -> RecordBatch {
    isBroken = true
    let reason = JSONSyntaxError.Reason.tooLarge(limit: InputBuffer.maxRecordByteCount)
    return RecordBatch(
      records: .lines,
      breakage: Breakage(
        message: "\(JSONSyntaxError(reason: reason, offset: 0))", position: input.position,
        recordStart: input.position))
  }
}

extension RecordBatch {
  /// Calls `body` with each record's bytes and place. White space around a record is left out.
  func forEachText(_ body: (ArraySlice<UInt8>, TextPosition) throws -> Void) rethrows {
    switch records {
    case .decoded: return
    case .lines:
      var position = start
      var index = 0
      while index < bytes.count {
        let end = firstIndex(of: 0x0A, in: bytes.span, from: index) ?? bytes.count
        var first = index
        var last = end
        while first < last, isJSONSpace(bytes[first]) { first += 1 }
        while last > first, isJSONSpace(bytes[last - 1]) { last -= 1 }
        if first < last {
          var place = position
          place.byteOffset += first - index
          place.column += first - index
          try body(bytes[first..<last], place)
        }
        position.byteOffset += end + 1 - index
        position.line += 1
        position.column = 1
        index = end + 1
      }
    case .parts(let parts):
      var position = start
      var index = 0
      for part in parts {
        position.advance(over: bytes.span.extracting(index..<part.lowerBound))
        index = part.lowerBound
        try body(bytes[part], position)
      }
    }
  }
}
