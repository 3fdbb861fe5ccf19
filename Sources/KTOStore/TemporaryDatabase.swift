internal import GRDB
internal import Glibc
internal import KTOCore

/// An SQLite database in a file without a name: gone when the value is freed or the process dies.
///
/// Nothing of it survives, so that it keeps no journal and never waits for the disk. After an error its content is not
/// to be used.
struct TemporaryDatabase {
  private let folder: String
  private let queue: DatabaseQueue

  /// - Parameters:
  ///   - folder: on whose file system the bytes lie; it must exist.
  ///   - cacheByteCount: how much of the database SQLite keeps in memory.
  /// - Throws: `StoreError.cannotOpen`.
  init(folder: String, cacheByteCount: Int) throws {
    self.folder = folder
    let path = try emptyFile(in: folder)
    // The open database needs no name; SQLite looks for it only when it opens a journal.
    defer { _ = unsafe unlink(path) }
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA page_size = 8192;
          PRAGMA journal_mode = OFF;
          PRAGMA synchronous = OFF;
          PRAGMA locking_mode = EXCLUSIVE;
          PRAGMA temp_store = MEMORY;
          PRAGMA cache_size = -\(max(cacheByteCount / 1024, 1));
          """)
    }
    do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
      throw StoreError.cannotOpen(folder: folder, reason: reason(error))
    }
  }

  /// Calls `body` with the database, outside of a transaction.
  /// - Throws: `StoreError.failed` in place of what SQLite throws.
  func access<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do { return try queue.inDatabase(body) } catch let error as DatabaseError {
      throw StoreError.failed(folder: folder, reason: reason(error))
    }
  }

  /// Calls `body` with the database, inside of a transaction.
  /// - Throws: `StoreError.failed` in place of what SQLite throws.
  func write(_ body: (Database) throws -> Void) throws {
    try access { database in
      try database.inTransaction {
        try body(database)
        return .commit
      }
    }
  }
}

private func emptyFile(in folder: String) throws -> String {
  var template = Array("\(folder)/.kto-data-store-XXXXXX".utf8CString)
  let descriptor = unsafe template.withUnsafeMutableBufferPointer { name in
    unsafe name.baseAddress.map { unsafe mkstemp($0) } ?? -1
  }
  guard descriptor >= 0 else { throw StoreError.cannotOpen(folder: folder, reason: errorText(errno)) }
  close(descriptor)
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func reason(_ error: any Error) -> String {
  (error as? DatabaseError)?.message ?? "\(error)"
}
