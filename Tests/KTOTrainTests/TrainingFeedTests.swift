import Foundation
import KTOCore
import KTOData
import KTOTestSupport
import Testing

@testable import KTOTrain

struct TrainingFeedTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  private func example(_ id: String, _ prompt: [UInt32], _ completion: [UInt32]) -> TokenizedExample {
    TokenizedExample(id: id, group: id, label: id == "a", promptIDs: prompt, completionIDs: completion)
  }

  /// Shards of a few rows in a folder, and what a manifest says of them.
  private func shards(_ examples: [TokenizedExample]) throws -> Manifest.Split {
    try makeDirectory(folder)
    var writer = try MDSWriter(folder: folder, sizeLimit: 150)
    for example in examples { try writer.append(example) }
    try writer.finish()
    return Manifest.Split(
      name: "train", indexHash: try SHA256.hash(fileAt: folder + "/index.json"), shards: writer.index.shards,
      counts: Manifest.Counts())
  }

  @Test func `rows keep their order, and are read when they are asked for`() throws {
    let examples = [example("a", [1, 2], [3]), example("b", [4], [5, 6]), example("c", [1, 2], [5, 6])]
    let split = try shards(examples)
    #expect(split.shards.count > 1)
    let feed = try TrainingFeed(shards: folder, split: split)
    #expect(feed.rows.map(\.label) == [true, false, false])
    #expect(feed.rows.map(\.promptLength) == [2, 1, 2] && feed.rows.map(\.completionLength) == [1, 2, 2])
    #expect(try (0..<3).map { try feed.example(at: $0) } == examples)
    #expect(feed.rows == TrainingFeed(examples).rows)
  }

  @Test func `rows with one prompt or one completion share its key`() {
    let rows = TrainingFeed([
      example("a", [1, 2], [3]), example("b", [4], [3]), example("c", [1, 2], [1, 2]),
    ]).rows
    #expect(rows[0].promptKey == rows[2].promptKey && rows[0].promptKey != rows[1].promptKey)
    #expect(rows[0].completionKey == rows[1].completionKey && rows[0].completionKey != rows[2].completionKey)
  }

  @Test func `a flipped bit is an error when the feed is opened`() throws {
    let split = try shards([example("a", [1, 2], [3]), example("b", [4], [5, 6])])
    let path = folder + "/" + split.shards[0].basename
    var bytes = try readFile(path)
    bytes[bytes.count - 1] ^= 0x40
    try writeFile(path, bytes, force: true)
    #expect(throws: ShardError.badShard(path: path, problem: .wrongHash)) {
      try TrainingFeed(shards: folder, split: split)
    }
  }

  @Test func `a prompt that fills the length and an empty completion are named`() throws {
    let feed = TrainingFeed([example("a", [1], [2]), example("b", [1, 2, 3], [4])])
    try feed.check(limit: 4)
    #expect(throws: TrainingError.promptTooLong(id: "b", promptTokens: 3, limit: 3)) {
      try feed.check(limit: 3)
    }
    #expect(throws: TrainingError.emptyCompletion(id: "c")) {
      try TrainingFeed([example("c", [1], [])]).check(limit: 4)
    }
  }
}
