internal import GRDB
internal import GRDBSQLite

/// A statement with bytes and numbers as they are: GRDB's own values copy bytes more often, and cut a text at a NUL.
///
/// The statement belongs to the database's cache, and is used only where the database is accessed. `reset()` ends the
/// use.
@safe struct BoundStatement {
  private let statement: OpaquePointer

  init(_ database: Database, _ sql: String) throws {
    unsafe statement = try database.cachedStatement(sql: sql).sqliteStatement
  }

  func reset() { unsafe sqlite3_reset(statement) }

  /// - Parameter index: from 1.
  func bind(_ number: Int64, at index: Int32) throws {
    try check(unsafe sqlite3_bind_int64(statement, index, number))
  }

  /// - Parameter index: from 1.
  func bind(_ bytes: [UInt8], at index: Int32) throws {
    // No address would be NULL, which is not the same as no bytes.
    let code =
      bytes.isEmpty
      ? unsafe sqlite3_bind_zeroblob(statement, index, 0)
      : unsafe sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), copied)
    try check(code)
  }

  /// Goes to the next row; false where there is none.
  func step() throws -> Bool {
    let code = unsafe sqlite3_step(statement)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw error(code)
  }

  /// A column of the row, from 0.
  func isNumber(at index: Int32) -> Bool {
    unsafe sqlite3_column_type(statement, index) == SQLITE_INTEGER
  }

  func number(at index: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, index) }

  func bytes(at index: Int32) -> [UInt8] {
    let start = unsafe sqlite3_column_blob(statement, index)
    let count = unsafe Int(sqlite3_column_bytes(statement, index))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  private func check(_ code: Int32) throws { if code != SQLITE_OK { throw error(code) } }

  private func error(_ code: Int32) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: unsafe String(cString: sqlite3_errstr(code)))
  }
}

/// SQLITE_TRANSIENT, a cast that is not imported: the library copies the bytes before the call returns.
private var copied: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension BoundStatement {
  /// A text is stored as its UTF-8, which is ordered as the text is and may hold a NUL.
  func bind(_ key: JoinKey, at index: Int32) throws {
    switch key {
    case .number(let number): try bind(number, at: index)
    case .text(let text): try bind(Array(text.utf8), at: index)
    }
  }

  func key(at index: Int32) -> JoinKey {
    isNumber(at: index)
      ? .number(number(at: index)) : .text(String(decoding: bytes(at: index), as: UTF8.self))
  }
}
