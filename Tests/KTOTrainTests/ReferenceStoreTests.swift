import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOTrain

struct ReferenceStoreTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path + "/store" }

  init() throws { temporary = try TemporaryFolder() }

  private func store() throws -> ReferenceStore { try ReferenceStore(folder: folder, model: "m") }

  /// Three pairs, written by one run.
  private func fill() throws -> String {
    let store = try store()
    for number in 0..<3 { store.add(-1.5 - Double(number), prompt: [1, UInt32(number)], completion: [7]) }
    try store.flush()
    return store.path
  }

  @Test func `what one run scored another finds, by its tokens alone`() throws {
    _ = try fill()
    let store = try store()
    #expect(store.count == 3 && store.damagedCount == 0)
    #expect(store.logProbability(prompt: [1, 2], completion: [7]) == -3.5)
    // The border between prompt and completion counts.
    #expect(store.logProbability(prompt: [1], completion: [2, 7]) == nil)
  }

  @Test func `another model has scores of its own`() throws {
    _ = try fill()
    #expect(try ReferenceStore(folder: folder, model: "other").count == 0)
  }

  @Test func `a record that was cut off is passed over, and those after it are found`() throws {
    let path = try fill()
    let bytes = try readFile(path)
    try writeFile(path, bytes.prefix(40) + bytes.suffix(32), force: true)
    let store = try store()
    #expect(store.count == 2 && store.damagedCount == 1)
    #expect(store.logProbability(prompt: [1, 2], completion: [7]) == -3.5)
  }

  @Test func `a flipped bit loses its record alone`() throws {
    let path = try fill()
    var bytes = try readFile(path)
    bytes[32 + 17] ^= 4
    try writeFile(path, bytes, force: true)
    let store = try store()
    #expect(store.count == 2 && store.damagedCount == 1)
    #expect(store.logProbability(prompt: [1, 1], completion: [7]) == nil)
  }

  @Test func `two runs that append at once lose nothing`() throws {
    let (first, second) = (try store(), try store())
    first.add(-1, prompt: [1], completion: [2])
    second.add(-2, prompt: [1], completion: [3])
    try first.flush()
    try second.flush()
    #expect(try store().count == 2)
  }
}
