internal import KTOCore

/// Why a row of a table cannot be cut, at a byte of the text that it begins.
struct TableFault: Error {
  var offset: Int
  var message: String
  var hint: String?
}

/// One row of a table as text, cut into cells by the rules of RFC 4180: a cell in quotation marks may hold separators,
/// line breaks and doubled quotation marks.
struct TableRow {
  /// A cell's bytes, with its quotation marks.
  struct Cell {
    var range: Range<Int>
    var isQuoted: Bool

    /// What the cell says.
    func text(in bytes: [UInt8]) -> ArraySlice<UInt8> {
      guard isQuoted else { return bytes[range] }
      let inner = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
      let quote = UInt8(ascii: "\"")
      guard inner.contains(quote) else { return inner }
      var text: [UInt8] = []
      text.reserveCapacity(inner.count)
      var isSecond = false
      for byte in inner {
        isSecond = byte == quote && !isSecond
        if !isSecond { text.append(byte) }
      }
      return text[...]
    }
  }

  /// From the start of the row.
  private(set) var cells: [Cell] = []
  /// With the line break.
  private(set) var byteCount = 0
  /// Without it.
  private(set) var textEnd = 0
  /// What is wrong with a cell of a row that could be cut all the same.
  private(set) var fault: TableFault?

  /// A line without anything on it.
  var isBlank: Bool { cells.count == 1 && cells[0].range.isEmpty }

  /// The row that begins `start` bytes into the input; nil at the input's end.
  /// - Parameter mayFill: whether more is read where the row does not end in what is there.
  static func cut(
    _ input: InputBuffer, _ separator: UInt8, from start: Int = 0, mayFill: Bool = true
  ) throws -> Result<TableRow?, TableFault> {
    var state = State(index: start, cellStart: start)
    var row = TableRow()
    while true {
      if state.step(over: input.bytes, separator, from: start, into: &row) { return .success(row) }
      if input.bytes.count - start > InputBuffer.maxRecordByteCount {
        return .failure(
          TableFault(
            offset: state.cellStart - start,
            message: "a row of more than \(InputBuffer.maxRecordByteCount) bytes",
            hint: "is a quotation mark missing that closes this cell?"))
      }
      let isMore = mayFill ? try input.fill() : false
      if isMore { continue }
      if !mayFill, !input.isAtEnd { return .failure(TableFault(offset: 0, message: "the row goes on")) }
      if start == input.bytes.count || input.isCutOff { return .success(nil) }
      state.closeAtEnd()
      guard !state.isInQuotes else {
        return .failure(
          TableFault(
            offset: state.cellStart - start,
            message: "a quotation mark opens a cell here and is never closed",
            hint: "close the cell; a quotation mark within a cell is written twice"))
      }
      state.end(input.bytes.count, of: input.bytes, from: start, into: &row, lineBreak: 0)
      return .success(row)
    }
  }

  /// Where the cutting is.
  private struct State {
    var index: Int
    var cellStart: Int
    var isInQuotes = false
    /// The cell began with a quotation mark, which is closed again.
    var isClosed = false
    /// The bytes ended with a quotation mark, which closes its cell unless it is the first of two.
    var isAtLastQuote = false

    /// Goes on to the end of the row; false where the bytes end before.
    mutating func step(
      over bytes: [UInt8], _ separator: UInt8, from start: Int, into row: inout TableRow
    ) -> Bool {
      let quote = UInt8(ascii: "\"")
      while index < bytes.count {
        let byte = bytes[index]
        if isInQuotes {
          guard let next = firstIndex(of: quote, in: bytes.span, from: index) else {
            index = bytes.count
            return false
          }
          // Whether a quotation mark is doubled shows in the byte behind it.
          guard next + 1 < bytes.count else {
            index = next
            isAtLastQuote = true
            return false
          }
          isAtLastQuote = false
          if bytes[next + 1] == quote {
            index = next + 2
          } else {
            index = next + 1
            isInQuotes = false
            isClosed = true
          }
          continue
        }
        if byte == quote, index == cellStart {
          isInQuotes = true
        } else if byte == separator {
          addCell(index, of: bytes, from: start, into: &row)
          cellStart = index + 1
        } else if byte == 0x0A {
          end(index, of: bytes, from: start, into: &row, lineBreak: 1)
          return true
        } else if isClosed, row.fault == nil, byte != 0x0D {
          row.fault = TableFault(
            offset: index - start, message: "text behind the quotation mark that closes the cell",
            hint: "a quotation mark within a cell is written twice")
        }
        index += 1
      }
      return false
    }

    /// Closes a cell whose closing quotation mark is the input's last byte.
    mutating func closeAtEnd() {
      guard isAtLastQuote else { return }
      isInQuotes = false
      isClosed = true
    }

    mutating func end(
      _ end: Int, of bytes: [UInt8], from start: Int, into row: inout TableRow, lineBreak: Int
    ) {
      let isWindows = end > cellStart && bytes[end - 1] == 0x0D
      addCell(isWindows ? end - 1 : end, of: bytes, from: start, into: &row)
      row.textEnd = (isWindows ? end - 1 : end) - start
      row.byteCount = end + lineBreak - start
    }

    private mutating func addCell(_ end: Int, of bytes: [UInt8], from start: Int, into row: inout TableRow) {
      let isWhole = isClosed && end > cellStart + 1 && bytes[end - 1] == UInt8(ascii: "\"")
      row.cells.append(Cell(range: (cellStart - start)..<(end - start), isQuoted: isWhole))
      isClosed = false
    }
  }
}
