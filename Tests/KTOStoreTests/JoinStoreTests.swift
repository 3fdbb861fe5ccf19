import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOStore

struct JoinStoreTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private func entries(_ store: JoinStore, _ order: JoinOrder) throws -> [(key: JoinKey, value: [UInt8])] {
    var cursor = store.entries(in: order)
    var entries: [(key: JoinKey, value: [UInt8])] = []
    while let entry = try cursor.next() { entries.append(entry) }
    return entries
  }

  @Test func `a value is found by its key, before and after it is written`() throws {
    let store = try JoinStore(folder: folder)
    try store.put([1, 2], for: 7)
    try store.put([], for: "seven")
    for _ in 0..<2 {
      #expect(try store.get(7) == [1, 2])
      #expect(try store.get("seven") == [])
      #expect(try store.get(8) == nil && store.get("7") == nil && store.get("") == nil)
      #expect(try store.count() == 2)
    }
  }

  @Test func `a number and a text of the same digits are two keys`() throws {
    let store = try JoinStore(folder: folder)
    try store.put([1], for: 12)
    try store.put([2], for: "12")
    #expect(try store.count() == 2)
    #expect(try store.get(12) == [1] && store.get("12") == [2])
  }

  @Test func `keys that are canonically equivalent but differ in bytes are two keys`() throws {
    let store = try JoinStore(folder: folder)
    try store.put([1], for: "\u{E9}")
    try store.put([2], for: "e\u{301}")
    #expect(try store.get("\u{E9}") == [1] && store.get("e\u{301}") == [2])
    #expect(try store.count() == 2)
    #expect(try store.get("\u{E9}") == [1] && store.get("e\u{301}") == [2])
  }

  @Test func `a text with NUL in it is a key of its own`() throws {
    let store = try JoinStore(folder: folder)
    try store.put([1], for: "a\0b")
    try store.put([2], for: "a")
    #expect(try store.count() == 2)
    #expect(try store.get("a\0b") == [1] && store.get("a") == [2])
    #expect(try entries(store, .byKey).map(\.key) == ["a", "a\0b"])
  }

  @Test func `a key that is put again keeps its place and has the new value`() throws {
    let store = try JoinStore(folder: folder)
    for key: JoinKey in [3, 1, 2] { try store.put([0], for: key) }
    try store.put([9], for: 3)
    #expect(try store.get(3) == [9])
    _ = try store.count()
    try store.put([8], for: 1)
    #expect(try entries(store, .byInsertion).map(\.key) == [3, 1, 2])
    #expect(try entries(store, .byInsertion).map(\.value) == [[9], [8], [0]])
  }

  @Test func `entries come by key, numbers before texts, or as they were put`() throws {
    let store = try JoinStore(folder: folder)
    let keys: [JoinKey] = ["b", 10, "é", -3, "a", .number(.max), "B", 9, .number(.min), ""]
    for (index, key) in keys.enumerated() { try store.put([UInt8(index)], for: key) }
    #expect(try entries(store, .byInsertion).map(\.key) == keys)
    #expect(try entries(store, .byInsertion).map(\.value) == keys.indices.map { [UInt8($0)] })
    #expect(
      try entries(store, .byKey).map(\.key)
        == [.number(.min), -3, 9, 10, .number(.max), "", "B", "a", "b", "é"])
  }

  @Test func `more than the cache and a page hold comes back whole`() throws {
    let store = try JoinStore(folder: folder, cacheByteCount: 1 << 16)
    let value = { (i: Int) in [UInt8](repeating: UInt8(i % 251), count: i % 3000) }
    for i in 0..<5000 { try store.put(value(i), for: .number(Int64(i * 7919 % 5000))) }
    #expect(try store.count() == 5000)
    let wrongCount = try (0..<5000).count { i in
      try store.get(.number(Int64(i * 7919 % 5000))) != value(i)
    }
    #expect(wrongCount == 0)
    #expect(try entries(store, .byKey).map(\.key) == (0..<5000).map { .number(Int64($0)) })
    #expect(try entries(store, .byInsertion).enumerated().allSatisfy { $1.value == value($0) })
  }

  @Test func `values may be put and got while entries are read`() throws {
    let store = try JoinStore(folder: folder)
    for i in 0..<1000 { try store.put([1], for: .number(Int64(i))) }
    var cursor = store.entries(in: .byKey)
    var count = 0
    while let entry = try cursor.next() {
      count += 1
      if case .number(let number) = entry.key { try store.put([2], for: .number(-1 - number)) }
      #expect(try store.get(entry.key) == [1])
    }
    #expect(count == 1000)
    #expect(try store.count() == 2000)
  }

  @Test func `nothing is left in the folder, even while the store is in use`() throws {
    let store = try JoinStore(folder: folder, cacheByteCount: 1 << 16)
    for i in 0..<2000 { try store.put([UInt8](repeating: 1, count: 1000), for: .number(Int64(i))) }
    #expect(try store.count() == 2000)
    #expect(try folderEntries(folder).isEmpty)
  }

  @Test func `a folder that does not exist is an error`() {
    let error = StoreError.cannotOpen(folder: folder + "/x", reason: "No such file or directory")
    #expect(throws: error) { try JoinStore(folder: folder + "/x") }
  }

  @Test func `a text that is no identifier is only a value`() throws {
    let store = try JoinStore(folder: folder)
    let key: JoinKey = "'); DROP TABLE entry; --"
    try store.put(Array("x".utf8), for: key)
    #expect(try entries(store, .byKey).map(\.key) == [key])
  }
}
