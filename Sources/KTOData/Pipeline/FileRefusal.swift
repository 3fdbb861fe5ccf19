internal import KTOCore
internal import KTOTables

/// Why nothing of one file is read: a finding of that file, after which the others are read.
struct FileRefusal: Error {
  var finding: Diagnostic

  init(
    _ code: Code, in file: String, at position: TextPosition? = nil, _ message: String, hint: String? = nil
  ) {
    let location = position?.location(in: file) ?? .whole(file)
    finding = Diagnostic(code, at: location, message: message, hint: hint)
  }
}

/// Opens a file and undoes its compression, or makes lines of the rows of a table.
/// - Parameter duckDB: DuckDB's library, where it has another name or place than the usual one.
/// - Throws: `FileRefusal`; `FileError` for a file that is named.
func openSource(_ file: InputFile, duckDB: String?) throws -> InputSource {
  do {
    if file.path != "-", fileKind(file.path) == .file {
      let bytes = try FileByteSource(path: file.path)
      if let table = try TableFile(bytes) {
        let rows = try table.rows(of: bytes, path: file.path, duckDB: duckDB)
        return InputSource(bytes, as: rows, encoding: table.name.lowercased(), named: file.path)
      }
    }
    return try InputSource(file.path)
  } catch let error as DuckDBError {
    guard case .unavailable = error else {
      throw FileRefusal(.notParseable, in: file.path, "this Parquet file cannot be read: \(error)")
    }
    throw FileRefusal(
      .unknownFormat, in: file.path, "this is a Parquet file; \(error)", hint: DuckDB.remedy)
  } catch let error as SQLiteError {
    var hint: String?
    if case .severalTables = error {
      hint =
        "write one of them into a file: sqlite3 -json DATABASE.sqlite 'SELECT * FROM TABLE' > RECORDS.json"
    }
    throw FileRefusal(.unknownFormat, in: file.path, "\(error)", hint: hint)
  } catch InputError.refused(_, let format) {
    throw FileRefusal(
      .unknownFormat, in: file.path, "this is \(format.name), which is not read",
      hint: format.remedy.map { "unpack or convert it first, for example: \($0)" })
  } catch let error as InputError {
    throw FileRefusal(.notParseable, in: file.path, error.cause)
  } catch let error as FileError where !file.isNamed {
    throw FileRefusal(.unreadable, in: file.path, "this is left out: \(error.reason)")
  }
}
