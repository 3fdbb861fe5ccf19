internal import CDuckDB

/// Why DuckDB did not do what was asked.
package enum DuckDBError: Error, Equatable, Sendable {
  /// The library cannot be loaded; `reason` in the words of the dynamic linker.
  case unavailable(library: String, reason: String)
  /// In the words of the library.
  case failed(reason: String)
}

extension DuckDBError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unavailable(_, let reason):
      "Parquet is read and written with DuckDB, whose library cannot be loaded: \(reason)"
    case .failed(let reason): "DuckDB: \(reason)"
    }
  }
}

/// A database of DuckDB in memory, whose library is loaded for it.
///
/// Owns the database and its connection. It neither fetches extensions nor writes files of its own. Not shared between
/// threads.
@safe package final class DuckDB {
  /// The name that the dynamic linker is asked for where nobody names a library.
  package static let libraryName = "libduckdb.so"
  /// What to do where it is missing.
  package static let remedy =
    "install DuckDB's C library (\(libraryName)), or let KTO_DUCKDB name it; the module in Python's package duckdb does too"

  private let functions: kto_duckdb_functions
  private var database: kto_duckdb_handle?
  private var connection: kto_duckdb_handle?

  /// - Parameter library: a path, or a name for the dynamic linker; nil for `libraryName`.
  /// - Throws: `DuckDBError`.
  package init(library: String? = nil) throws(DuckDBError) {
    let library = library ?? Self.libraryName
    var functions = kto_duckdb_functions()
    if let reason = unsafe kto_duckdb_load(library, &functions) {
      throw unsafe .unavailable(library: library, reason: String(cString: reason))
    }
    self.functions = functions
    var message: UnsafeMutablePointer<CChar>?
    guard unsafe functions.open_ext(nil, &database, nil, &message) == 0,
      unsafe functions.connect(database, &connection) == 0
    else {
      let reason = unsafe message.map { unsafe String(cString: $0) } ?? "no database can be opened"
      unsafe functions.free(message)
      throw .failed(reason: reason)
    }
    for setting in [
      "temp_directory = ''", "autoinstall_known_extensions = false", "autoload_known_extensions = false",
      "threads = 2", "enable_progress_bar = false",
    ] {
      try execute("SET \(setting)")
    }
  }

  deinit {
    unsafe functions.disconnect(&connection)
    unsafe functions.close(&database)
  }

  /// Such as `v1.4.0`.
  package var version: String {
    guard let version = functions.version() else { return "" }
    return unsafe String(cString: version)
  }

  /// Runs a statement whose result nobody wants.
  package func execute(_ sql: String) throws(DuckDBError) {
    var result = kto_duckdb_result()
    let status = unsafe functions.query(connection, sql, &result)
    defer { unsafe functions.destroy_result(&result) }
    if status != 0 { throw unsafe .failed(reason: text(functions.result_error(&result))) }
  }

  /// The rows of a query of one column of texts, none of them NULL, which are made as they are read.
  package func texts(_ sql: String) throws(DuckDBError) -> DuckDBTexts {
    var statement: kto_duckdb_handle?
    defer { unsafe functions.destroy_prepare(&statement) }
    guard unsafe functions.prepare(connection, sql, &statement) == 0 else {
      throw unsafe .failed(reason: text(functions.prepare_error(statement)))
    }
    var pending: kto_duckdb_handle?
    defer { unsafe functions.destroy_pending(&pending) }
    guard unsafe functions.pending_streaming(statement, &pending) == 0 else {
      throw unsafe .failed(reason: text(functions.pending_error(pending)))
    }
    var result = kto_duckdb_result()
    guard unsafe functions.execute_pending(pending, &result) == 0 else {
      let reason = unsafe text(functions.result_error(&result))
      unsafe functions.destroy_result(&result)
      throw .failed(reason: reason)
    }
    return DuckDBTexts(self, functions, result)
  }

  private func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "it does not say why" }
    return unsafe String(cString: pointer)
  }
}

/// The rows of a query of one column of texts, some thousand at a time. Owns the result, and keeps its database.
@safe package final class DuckDBTexts {
  private let database: DuckDB
  private let functions: kto_duckdb_functions
  private var result: kto_duckdb_result

  fileprivate init(_ database: DuckDB, _ functions: kto_duckdb_functions, _ result: kto_duckdb_result) {
    self.database = database
    self.functions = functions
    self.result = result
  }

  deinit { unsafe functions.destroy_result(&result) }

  /// The next rows, each as its bytes; empty at the end.
  /// - Throws: `DuckDBError.failed` where the query fails on the way.
  package func next() throws(DuckDBError) -> [[UInt8]] {
    guard var chunk = unsafe functions.fetch_chunk(result) as kto_duckdb_handle? else {
      if let reason = unsafe functions.result_error(&result) {
        throw .failed(reason: unsafe String(cString: reason))
      }
      return []
    }
    defer { unsafe withUnsafeMutablePointer(to: &chunk) { unsafe destroy($0) } }
    let count = unsafe functions.chunk_size(chunk)
    guard count > 0 else { return [] }
    let data = unsafe functions.vector_data(functions.chunk_vector(chunk, 0))
    var rows: [[UInt8]] = []
    rows.reserveCapacity(Int(count))
    for row in 0..<count {
      var length = 0
      guard let start = unsafe kto_duckdb_text(data, row, &length) else { continue }
      // The bytes belong to the chunk, which is given back below.
      rows.append(unsafe Array(UnsafeRawBufferPointer(start: start, count: length)))
    }
    return rows
  }

  private func destroy(_ chunk: UnsafeMutablePointer<kto_duckdb_handle>) {
    var handle: kto_duckdb_handle? = unsafe chunk.pointee
    unsafe functions.destroy_chunk(&handle)
  }
}

/// A text as SQL writes it.
package func sqlText(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
