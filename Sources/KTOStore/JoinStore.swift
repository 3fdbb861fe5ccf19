internal import GRDB
internal import KTOCore

/// Values of any size under keys, on disk: what one pass over the input puts, a later one gets.
///
/// The values lie one after the other in a file, and SQLite knows where, so that its cache is for keys alone: with 64 MiB
/// it holds about a million and a half, beyond which keys without order become slower. Memory does not grow with
/// what is stored. An instance is not shared between threads.
package final class JoinStore {
  private let database: TemporaryDatabase
  private var values: ScratchFile
  /// Where values are that the database does not know of yet, in the order of insertion.
  private var pending: [(key: JoinKey, extent: Extent)] = []
  private var pendingPlaces: [JoinKey: Int] = [:]

  /// Bytes of the file of values.
  struct Extent {
    let offset: Int
    let count: Int
  }

  /// - Parameters:
  ///   - folder: on whose file system the bytes lie; it must exist.
  ///   - cacheByteCount: how much of the keys SQLite keeps in memory.
  /// - Throws: `StoreError`; `FileError`.
  package init(folder: String, cacheByteCount: Int = 64 << 20) throws {
    database = try TemporaryDatabase(folder: folder, cacheByteCount: cacheByteCount)
    values = try ScratchFile(folder: folder)
    try database.access { database in
      // Keys have no type, so that a number and a text of the same digits are two keys. `entry` finds all by a key in
      // one step; `sequence` keeps the order of insertion, with a row for each time that a key was put.
      try database.execute(
        sql: """
          CREATE TABLE entry (
            key PRIMARY KEY NOT NULL, place INTEGER NOT NULL, offset INTEGER NOT NULL, count INTEGER NOT NULL
          ) WITHOUT ROWID;
          CREATE TABLE sequence (place INTEGER PRIMARY KEY, key NOT NULL);
          """)
    }
  }

  /// Stores a value. A key that is there keeps its place in the order of insertion and gets the new value; the bytes
  /// of the old one stay in the file.
  /// - Throws: `StoreError`; `FileError`.
  package func put(_ value: [UInt8], for key: JoinKey) throws {
    let extent = Extent(offset: values.byteCount, count: value.count)
    try values.append(value)
    if let place = pendingPlaces[key] {
      pending[place].extent = extent
    } else {
      pendingPlaces[key] = pending.count
      pending.append((key, extent))
    }
    if pending.count >= 1 << 13 { try flush() }
  }

  /// The value of a key; nil where there is none.
  /// - Throws: `StoreError`; `FileError`.
  package func get(_ key: JoinKey) throws -> [UInt8]? {
    let pendingPlace = pendingPlaces.isEmpty ? nil : pendingPlaces[key]
    let extent = try pendingPlace.map { pending[$0].extent } ?? storedExtent(key)
    return try extent.map(value)
  }

  /// How many keys there are.
  /// - Throws: `StoreError`.
  /// - Complexity: all keys are counted.
  package func count() throws -> Int {
    try flush()
    return try database.access { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM entry") ?? 0 }
  }

  /// The entries, one after the other; those that are put meanwhile may be among them.
  package func entries(in order: JoinOrder) -> JoinCursor { JoinCursor(self, order) }

  func value(_ extent: Extent) throws -> [UInt8] {
    try values.read(at: extent.offset, count: extent.count)
  }

  /// Calls `body` with a database that knows all entries.
  func access<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try flush()
    return try database.access(body)
  }

  private func storedExtent(_ key: JoinKey) throws -> Extent? {
    try database.access { database in
      let statement = try BoundStatement(database, "SELECT offset, count FROM entry WHERE key = ?")
      defer { statement.reset() }
      try statement.bind(key, at: 1)
      return try statement.step() ? statement.extent(at: 0) : nil
    }
  }

  private func flush() throws {
    if pending.isEmpty { return }
    try database.write { database in
      let sequence = try BoundStatement(database, "INSERT INTO sequence (key) VALUES (?)")
      let entry = try BoundStatement(
        database,
        """
        INSERT INTO entry (key, place, offset, count) VALUES (?, last_insert_rowid(), ?, ?)
        ON CONFLICT (key) DO UPDATE SET offset = excluded.offset, count = excluded.count
        """)
      for (key, extent) in pending {
        try sequence.bind(key, at: 1)
        _ = try sequence.step()
        sequence.reset()
        try entry.bind(key, at: 1)
        try entry.bind(Int64(extent.offset), at: 2)
        try entry.bind(Int64(extent.count), at: 3)
        _ = try entry.step()
        entry.reset()
      }
    }
    pending.removeAll(keepingCapacity: true)
    pendingPlaces.removeAll(keepingCapacity: true)
  }
}

extension BoundStatement {
  /// Two columns, from 0.
  func extent(at index: Int32) -> JoinStore.Extent {
    JoinStore.Extent(offset: Int(number(at: index)), count: Int(number(at: index + 1)))
  }
}
