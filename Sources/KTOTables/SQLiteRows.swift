internal import CSQLite
internal import KTOCore

/// Why the tables of a database are not read.
package enum SQLiteError: Error, Equatable, Sendable {
  case failed(reason: String)
  case noTable
  case severalTables([String])
}

extension SQLiteError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .failed(let reason): "SQLite: \(reason)"
    case .noTable: "the SQLite database has no table with rows"
    case .severalTables(let names):
      "the SQLite database has \(names.count) tables with rows, and which one holds the records is not said: "
        + names.prefix(8).map { excerpt($0) }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
  }
}

/// The rows of the one table of an SQLite database as JSON lines, in the order of the table, so that the line of a record
/// is the number of its row.
///
/// A column that is NULL is left out; a text that is a JSON list or object becomes one. Owns the database, which is
/// opened for reading alone.
@safe package final class SQLiteRows: ByteSource {
  private let path: String
  private var database: OpaquePointer?
  private var statement: OpaquePointer?
  private var columns: [String] = []
  private var parser = JSONParser(maxDepth: 256)
  private var rest: ArraySlice<UInt8> = []
  private var isAtEnd = false

  /// - Throws: `SQLiteError`.
  package init(path: String) throws(SQLiteError) {
    self.path = path
    try check(unsafe sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil))
    // A database from outside may hold views and triggers that call functions; no schema is trusted.
    unsafe sqlite3_exec(database, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON", nil, nil, nil)
    let all = try names(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    var tables: [String] = []
    for name in all {
      if try !names("SELECT 1 FROM \(quoted(name)) LIMIT 1").isEmpty { tables.append(name) }
    }
    guard let table = tables.first else { throw .noTable }
    guard tables.count == 1 else { throw .severalTables(tables) }
    unsafe statement = try prepare("SELECT * FROM \(quoted(table))")
    let count = unsafe sqlite3_column_count(statement)
    for column in 0..<count {
      columns.append(unsafe sqlite3_column_name(statement, column).map { unsafe String(cString: $0) } ?? "")
    }
  }

  deinit {
    unsafe sqlite3_finalize(statement)
    unsafe sqlite3_close_v2(database)
  }

  package func read(upTo limit: Int) throws -> [UInt8] {
    if rest.isEmpty, !isAtEnd {
      var lines: [UInt8] = []
      while lines.count < limit {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_DONE {
          isAtEnd = true
          break
        }
        guard code == SQLITE_ROW else {
          throw InputError.damaged(
            path: path, encoding: "SQLite", decodedByteCount: 0,
            reason: unsafe String(cString: sqlite3_errmsg(database)))
        }
        var writer = JSONWriter()
        writer.write(row())
        lines += writer.bytes + [0x0A]
      }
      rest = lines[...]
    }
    let piece = rest.prefix(limit)
    rest = rest.dropFirst(piece.count)
    return Array(piece)
  }

  private func row() -> JSONValue {
    var members: [JSONObject.Member] = []
    for (index, name) in columns.enumerated() {
      if let value = value(Int32(index)) { members.append(.init(name, JSONNode(value))) }
    }
    return .object(JSONObject(members))
  }

  /// Nil for NULL.
  private func value(_ column: Int32) -> JSONValue? {
    switch unsafe sqlite3_column_type(statement, column) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER: return .integer(Int(unsafe sqlite3_column_int64(statement, column)))
    case SQLITE_FLOAT: return .double(unsafe sqlite3_column_double(statement, column))
    default:
      guard let start = unsafe sqlite3_column_blob(statement, column) else { return .string("") }
      let count = Int(unsafe sqlite3_column_bytes(statement, column))
      // The bytes belong to the statement until it steps on.
      let bytes = unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
      if let first = bytes.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{"),
        let node = try? parser.parse(bytes)
      {
        return node.value
      }
      return .string(String(decoding: bytes, as: UTF8.self))
    }
  }

  private func names(_ sql: String) throws(SQLiteError) -> [String] {
    let statement = try unsafe prepare(sql)
    defer { unsafe sqlite3_finalize(statement) }
    var names: [String] = []
    while true {
      let code = unsafe sqlite3_step(statement)
      if code == SQLITE_DONE { return names }
      guard code == SQLITE_ROW else { throw failure() }
      names.append(unsafe sqlite3_column_text(statement, 0).map { unsafe String(cString: $0) } ?? "")
    }
  }

  private func prepare(_ sql: String) throws(SQLiteError) -> OpaquePointer? {
    var statement: OpaquePointer?
    try check(unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil))
    return unsafe statement
  }

  private func check(_ code: Int32) throws(SQLiteError) { if code != SQLITE_OK { throw failure() } }

  private func failure() -> SQLiteError {
    .failed(reason: unsafe String(cString: sqlite3_errmsg(database)))
  }

  private func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
