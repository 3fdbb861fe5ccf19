package import KTOCore

/// Files of tables that are read as JSON lines, by their first bytes.
package enum TableFile {
  case parquet, sqlite

  /// What a file is; nil for any other.
  package init?(_ file: FileByteSource) throws {
    let head = try file.read(at: 0, count: 16)
    if head.starts(with: Array("PAR1".utf8)) {
      self = .parquet
    } else if head.elementsEqual(Array("SQLite format 3\0".utf8)) {
      self = .sqlite
    } else {
      return nil
    }
  }

  /// What errors and encodings call it.
  package var name: String { self == .parquet ? "Parquet" : "SQLite" }

  /// The rows as JSON lines.
  /// - Throws: `DuckDBError`, `SQLiteError`.
  package func rows(of file: FileByteSource, path: String, duckDB library: String?) throws -> any ByteSource {
    switch self {
    case .parquet: try ParquetRows(file, path: path, library: library)
    case .sqlite: try SQLiteRows(path: path)
    }
  }
}
