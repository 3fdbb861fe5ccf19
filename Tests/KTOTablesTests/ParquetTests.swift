import Foundation
import KTOCore
import KTOTables
import KTOTestSupport
import Testing

/// Parquet through DuckDB, where `KTO_DUCKDB` names its library.
struct ParquetTests {
  private static let library = ProcessInfo.processInfo.environment["KTO_DUCKDB"]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(_ lines: String, _ columns: [(name: String, type: String)]) throws -> String {
    let path = try folder.write(lines, to: "rows.jsonl")
    let output = folder.path("it's [a].parquet")
    try ParquetWriter(library: Self.library).write(path, to: output, columns: columns)
    let rows = try ParquetRows(try FileByteSource(path: output), path: output, library: Self.library)
    return String(decoding: try readToEnd(rows, named: "rows"), as: UTF8.self)
  }

  @Test func `a library that is not there is named with the linker's reason`() throws {
    let error = #expect(throws: DuckDBError.self) { try DuckDB(library: "/nowhere/libduckdb.so") }
    #expect("\(try #require(error))".contains("cannot be loaded: /nowhere/libduckdb.so"))
  }

  @Test(.enabled(if: library != nil)) func `rows come back in their order, without what is null`() throws {
    let lines = (0..<5000).map {
      #"{"id":"\#($0)","turns":[{"role":"user","content":null}],"label":\#($0 % 2 == 0)}"#
    }
    let columns = [
      ("id", "VARCHAR"), ("turns", "STRUCT(role VARCHAR, content VARCHAR, name VARCHAR)[]"),
      ("label", "BOOLEAN"),
      ("note", "VARCHAR"),
    ]
    let text = lines.joined(separator: "\n") + "\n"
    #expect(try written(text, columns) == text)
  }

  @Test(.enabled(if: library != nil)) func `a file that is no Parquet is an error`() throws {
    let path = try folder.write("PAR1 and nothing else", to: "a.parquet")
    #expect(throws: DuckDBError.self) {
      try ParquetRows(try FileByteSource(path: path), path: path, library: Self.library)
    }
  }
}
