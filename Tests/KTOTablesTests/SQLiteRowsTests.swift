import CSQLite
import KTOCore
import KTOTables
import KTOTestSupport
import Testing

struct SQLiteRowsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func database(_ sql: String) throws -> String {
    let path = folder.path("a.sqlite")
    var database: OpaquePointer?
    try #require(unsafe sqlite3_open(path, &database) == SQLITE_OK)
    defer { unsafe sqlite3_close(database) }
    try #require(unsafe sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
    return path
  }

  private func rows(_ sql: String) throws -> String {
    let source = try SQLiteRows(path: try database(sql))
    return String(decoding: try readToEnd(source, named: "rows"), as: UTF8.self)
  }

  @Test func `a row is a line, without what is NULL, with lists and objects as such`() throws {
    let sql = """
      CREATE TABLE chats (messages TEXT, label INTEGER, score REAL, note TEXT);
      INSERT INTO chats VALUES ('[{"role":"user","content":"q"}]', 1, 0.5, NULL), ('[no list', 0, 2.0, 'x');
      """
    #expect(
      try rows(sql) == """
        {"messages":[{"role":"user","content":"q"}],"label":1,"score":0.5}
        {"messages":"[no list","label":0,"score":2.0,"note":"x"}

        """)
  }

  @Test func `of several tables the only one with rows is read`() throws {
    #expect(try rows("CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1)") == "{\"x\":1}\n")
  }

  @Test func `two tables with rows are named, and none is read`() throws {
    #expect(throws: SQLiteError.severalTables(["a", "b\"c"])) {
      try rows(
        "CREATE TABLE \"b\"\"c\" (x); CREATE TABLE a (x); INSERT INTO a VALUES (1); INSERT INTO \"b\"\"c\" VALUES (1)"
      )
    }
  }

  @Test func `a database without rows says so`() throws {
    #expect(throws: SQLiteError.noTable) { try rows("CREATE TABLE a (x)") }
  }

  @Test func `a damaged database is an error`() throws {
    let path = try folder.write(
      Array("SQLite format 3\0".utf8) + [UInt8](repeating: 7, count: 200), to: "b.sqlite")
    #expect(throws: SQLiteError.self) { try SQLiteRows(path: path) }
  }
}
