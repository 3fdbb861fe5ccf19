internal import KTOCore

/// A table as text, CSV or TSV: the first line names the columns, each further row is a record of strings by column.
///
/// Quoting is that of RFC 4180, and the separator is told from the first line: comma, semicolon or tab. An empty cell
/// gives no field. `true` and `false` in a column of labels, and numbers in one of scores, are what they say; a list of
/// messages that a cell holds as JSON is a list.
struct TableRows: RecordContainer {
  static let name = "CSV or TSV table"
  static let summary = "a table as text with the columns' names in the first line, a record a row"

  private let input: InputBuffer
  private let separator: UInt8
  private var columns: [Column] = []
  private var parser = CellParser()
  private var isFinished = false

  /// A name in the first line, and what the cells below it are.
  private struct Column {
    var name: String
    var kind: Kind

    enum Kind { case text, label, number }

    init(_ name: String, number: Int) {
      self.name = name.isEmpty ? "column \(number)" : name
      kind =
        switch name.lowercased() {
        case "label", "kto_tag": .label
        case "score", "rating", "weight": .number
        default:
          name.lowercased().hasSuffix("_score") || name.lowercased().hasSuffix("_rating") ? .number : .text
        }
    }
  }

  init(_ input: InputBuffer) throws {
    self.input = input
    separator = try Self.header(of: input)?.separator ?? UInt8(ascii: ",")
  }

  /// A first line of at least two names, and a second with as many cells, or none.
  static func recognizes(_ input: InputBuffer) throws -> Bool { try header(of: input) != nil }

  mutating func next() throws -> RecordBatch? {
    if isFinished { return nil }
    if columns.isEmpty, let breakage = try readHeader() {
      isFinished = true
      _ = input.take(input.bytes.count)
      return RecordBatch(records: .decoded([]), breakage: breakage)
    }
    var rows: [DecodedRecord] = []
    var index = 0
    var place = input.position
    while index < InputBuffer.pieceByteCount {
      switch try TableRow.cut(input, separator, from: index) {
      case .success(let row?):
        let bytes = Array(input.bytes[index..<(index + row.byteCount)])
        if !row.isBlank { rows.append(record(row, bytes, at: place)) }
        place.advance(over: bytes.span)
        index += row.byteCount
      case .success(nil):
        isFinished = true
        _ = input.take(input.bytes.count)
        return RecordBatch(records: .decoded(rows))
      case .failure(let fault):
        isFinished = true
        let start = place
        let before = Array(input.bytes[index..<(index + fault.offset)])
        place.advance(over: before.span)
        _ = input.take(input.bytes.count)
        return RecordBatch(
          records: .decoded(rows),
          breakage: Breakage(message: fault.message, position: place, recordStart: start, hint: fault.hint))
      }
    }
    _ = input.take(index)
    return RecordBatch(records: .decoded(rows))
  }

  // MARK: - The first line

  private static let separators = Array(",;\t".utf8)

  /// The separator of a table's first line; nil where the input is no table.
  private static func header(of input: InputBuffer) throws -> (separator: UInt8, cells: [String])? {
    guard let first = try input.firstVisible(), !Array("{[<".utf8).contains(input.bytes[first]) else {
      return nil
    }
    // Enough to see two lines, where they are of usual length.
    while input.bytes.count < 1 << 16, count(of: 0x0A, in: input.bytes.span) < 2, try input.fill() {}
    var best: (separator: UInt8, cells: [String])?
    for separator in separators {
      guard case .success(let row?) = try TableRow.cut(input, separator, mayFill: false) else { continue }
      let cells = row.cells.map { trimmed($0.text(in: input.bytes)) }
      guard cells.count > max(1, best?.cells.count ?? 0), cells.allSatisfy({ isName($0) }),
        cells.count(where: { !$0.isEmpty }) > 1
      else { continue }
      if case .success(let second?) = try TableRow.cut(input, separator, from: row.byteCount, mayFill: false),
        !second.isBlank, second.cells.count == 1
      {
        continue
      }
      best = (separator, cells)
    }
    return best
  }

  /// A cell's text without blanks around it.
  private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
    let head = text.drop { isJSONSpace($0) }
    let count = head.reversed().drop { isJSONSpace($0) }.count
    return String(decoding: head.prefix(count), as: UTF8.self)
  }

  /// Letters, digits and a few marks, as columns are called; empty for the row numbers that pandas writes.
  private static func isName(_ cell: String) -> Bool {
    guard let first = cell.unicodeScalars.first else { return true }
    return cell.utf8.count <= 64 && (first == "_" || first.properties.isAlphabetic)
      && cell.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || "0123456789_-. /()[]".unicodeScalars.contains($0)
      }
  }

  private mutating func readHeader() throws -> Breakage? {
    guard case .success(let row?) = try TableRow.cut(input, separator) else { return nil }
    let (bytes, start) = input.take(row.byteCount)
    for cell in row.cells {
      let column = Column(
        Self.trimmed(cell.text(in: bytes)), number: columns.count + 1)
      if columns.contains(where: { $0.name.hasSameBytes(as: column.name) }) {
        var place = start
        place.advance(over: bytes.span.extracting(first: cell.range.lowerBound))
        return Breakage(
          message: "two columns are called \"\(excerpt(column.name))\"", position: place,
          hint: "give each column a name of its own")
      }
      columns.append(column)
    }
    return nil
  }

  // MARK: - Rows

  private mutating func record(_ row: TableRow, _ bytes: [UInt8], at start: TextPosition) -> DecodedRecord {
    var record = DecodedRecord(position: start, text: Array(bytes[..<row.textEnd]), isUntyped: true)
    if let invalid = firstInvalidUTF8(in: bytes.span) {
      record.finding = RecordFinding(
        code: .notParseable, offset: invalid, pointer: "", message: "bytes that are not UTF-8",
        hint: "save the table as UTF-8")
    } else if let fault = row.fault {
      record.finding = RecordFinding(
        code: .notParseable, offset: fault.offset, pointer: "", message: fault.message, hint: fault.hint)
    } else if row.cells.count != columns.count {
      let isLonger = row.cells.count > columns.count
      let offset = isLonger ? row.cells[columns.count].range.lowerBound : row.textEnd
      record.finding = RecordFinding(
        code: .notParseable, offset: offset, pointer: "",
        message: "the row has \(counted(row.cells.count, "cell")), the first line names \(columns.count)",
        hint: isLonger
          ? "put a cell that holds the separator in quotation marks" : "is a line break inside this row?")
    } else {
      var members: [JSONObject.Member] = []
      for (cell, column) in zip(row.cells, columns) {
        let text = cell.text(in: bytes)
        if text.isEmpty { continue }
        let offset = cell.range.lowerBound
        members.append(
          JSONObject.Member(column.name, JSONNode(value(text, of: column), offset: offset), keyOffset: offset)
        )
      }
      // A row of empty cells alone, as spreadsheets leave them, holds nothing.
      if !members.isEmpty { record.value = JSONNode(.object(JSONObject(members))) }
    }
    return record
  }

  private mutating func value(_ text: ArraySlice<UInt8>, of column: Column) -> JSONValue {
    let string = String(decoding: text, as: UTF8.self)
    switch column.kind {
    case .label:
      switch Self.trimmed(text).lowercased() {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: return .string(string)
      }
    case .number:
      let trimmed = Self.trimmed(text)
      if let number = Int(trimmed) { return .integer(number) }
      if let number = Double(trimmed), number.isFinite { return .double(number) }
      return .string(string)
    case .text: return parser.messages(text) ?? .string(string)
    }
  }
}

/// Reads lists of messages out of cells. A class, because the parser it owns is not copied.
private final class CellParser {
  private var parser = JSONParser()

  /// The list of messages that a cell holds as JSON; nil for any other text.
  func messages(_ text: ArraySlice<UInt8>) -> JSONValue? {
    guard text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]"), let node = try? parser.parse(text),
      let items = node.array, !items.isEmpty,
      items.allSatisfy({ ($0["role"] ?? $0["from"])?.string != nil })
    else { return nil }
    // Offsets within the cell would be wrong where quotation marks are doubled; the cell's own place is what counts.
    return .array(items.map { $0.moved() })
  }
}

extension JSONNode {
  /// The node with every offset 0.
  fileprivate func moved() -> JSONNode {
    switch value {
    case .array(let items): JSONNode(.array(items.map { $0.moved() }))
    case .object(let object):
      JSONNode(.object(JSONObject(object.members.map { JSONObject.Member($0.key, $0.node.moved()) })))
    default: JSONNode(value)
    }
  }
}
