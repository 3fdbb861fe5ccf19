internal import GRDB

/// The order in which entries are read.
package enum JoinOrder: Sendable {
  case byKey, byInsertion

  /// What gives a page: what the order goes by, the key, and where the value is. All but the first page begin after
  /// the one argument.
  fileprivate func query(isFirst: Bool, pageCount: Int) -> String {
    switch self {
    case .byKey:
      """
      SELECT key, key, offset, count FROM entry
      \(isFirst ? "" : "WHERE key > ?") ORDER BY key LIMIT \(pageCount)
      """
    case .byInsertion:
      // The entry keeps the place at which its key was put first. A CROSS JOIN is read from the left.
      """
      SELECT sequence.place, entry.key, offset, count
      FROM sequence CROSS JOIN entry ON entry.key = sequence.key AND entry.place = sequence.place
      \(isFirst ? "" : "WHERE sequence.place > ?") ORDER BY sequence.place LIMIT \(pageCount)
      """
    }
  }
}

/// Gives a store's entries one after the other. Memory: the keys of one page.
package struct JoinCursor {
  private let store: JoinStore
  private let order: JoinOrder
  private var page: ArraySlice<(key: JoinKey, extent: JoinStore.Extent)> = []
  /// The key, or the place, of the page's last entry.
  private var last: JoinKey?
  private var isAtEnd = false

  private static let pageCount = 512

  init(_ store: JoinStore, _ order: JoinOrder) {
    self.store = store
    self.order = order
  }

  /// The next entry; nil at the end, and from then on.
  /// - Throws: `StoreError`; `FileError`.
  package mutating func next() throws -> (key: JoinKey, value: [UInt8])? {
    if page.isEmpty, !isAtEnd { try readPage() }
    guard let (key, extent) = page.popFirst() else { return nil }
    return (key, try store.value(extent))
  }

  /// Pages are asked for one by one: a statement that stays open would keep the store from being written to.
  private mutating func readPage() throws {
    let last = last
    var next = last
    page = try store.access { database in
      let statement = try BoundStatement(
        database, order.query(isFirst: last == nil, pageCount: Self.pageCount))
      defer { statement.reset() }
      if let last { try statement.bind(last, at: 1) }
      var page: [(key: JoinKey, extent: JoinStore.Extent)] = []
      while try statement.step() {
        next = statement.key(at: 0)
        page.append((statement.key(at: 1), statement.extent(at: 2)))
      }
      return page[...]
    }
    self.last = next
    isAtEnd = page.count < Self.pageCount
  }
}
