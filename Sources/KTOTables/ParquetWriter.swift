/// Makes Parquet files of JSON lines.
package struct ParquetWriter {
  private let database: DuckDB

  /// - Throws: `DuckDBError`.
  package init(library: String?) throws(DuckDBError) { database = try DuckDB(library: library) }

  /// Writes one file; the rows keep their order.
  /// - Parameters:
  ///   - lines: the path of a file of JSON lines.
  ///   - output: the path of the file to write, in place of one that is there.
  ///   - columns: names and types of SQL; a column that a line does not have is NULL.
  package func write(
    _ lines: String, to output: String, columns: [(name: String, type: String)]
  ) throws(DuckDBError) {
    let types = columns.map { "\(sqlText($0.name)): \(sqlText($0.type))" }.joined(separator: ", ")
    try database.execute(
      "COPY (SELECT * FROM read_json(\(sqlText(lines)), format = 'newline_delimited', columns = {\(types)}, "
        + "maximum_object_size = \(64 << 20))) TO \(sqlText(output)) (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
    )
  }
}
