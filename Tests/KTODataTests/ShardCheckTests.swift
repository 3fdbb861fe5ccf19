import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct ShardCheckTests {
  private let folder: TemporaryFolder
  private let split: Manifest.Split

  /// Three shards, and what a manifest says of them.
  init() throws {
    folder = try TemporaryFolder()
    var writer = try MDSWriter(folder: folder.path, sizeLimit: 700)
    for row in sampleRows(12) { try writer.append(row) }
    try writer.finish()
    let index = writer.index
    split = Manifest.Split(
      name: "train", indexHash: try SHA256.hash(fileAt: folder.path("index.json")), shards: index.shards,
      counts: Manifest.Counts())
  }

  @Test func `shards that are as they were written pass`() throws {
    try ShardDataset(folder: folder.path).check(against: split)
  }

  @Test func `one flipped bit is named with its shard`() throws {
    let path = folder.path + "/" + split.shards[1].basename
    var bytes = try readFile(path)
    bytes[bytes.count / 2] ^= 1
    try writeFile(path, bytes, force: true)
    let dataset = try ShardDataset(folder: folder.path)
    #expect(throws: ShardError.badShard(path: path, problem: .wrongHash)) {
      try dataset.check(against: split)
    }
  }

  @Test func `one flipped bit of the index is named, also where it changes no value`() throws {
    let path = folder.path("index.json")
    var bytes = try readFile(path)
    let space = try #require(bytes.firstIndex(of: UInt8(ascii: " ")))
    bytes[space] = UInt8(ascii: "\n")
    try writeFile(path, bytes, force: true)
    #expect(
      throws: ShardError.badIndex(
        path: path, pointer: "", problem: ShardError.Problem.wrongHash.rawValue)
    ) { _ = try ShardDataset(folder: folder.path, checkedAgainst: split) }
  }

  @Test func `an index that does not name the manifest's shards is refused`() throws {
    var other = split
    other.shards.removeLast()
    #expect(throws: ShardError.self) {
      try ShardDataset(folder: folder.path).check(against: other)
    }
  }

  @Test func `rows are read from the open files, also when those are no longer in the folder`() throws {
    let dataset = try ShardDataset(folder: folder.path)
    for shard in split.shards { try writeFile(folder.path + "/" + shard.basename, [0], force: true) }
    #expect(try (0..<12).map { try dataset.example(at: $0) } == sampleRows(12))
  }
}
