import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct ShardTests {
  @discardableResult
  private func write(
    _ rows: [TokenizedExample], to path: String, sizeLimit: Int = MDSWriter.defaultSizeLimit
  ) throws -> ShardIndex {
    var writer = try MDSWriter(
      folder: path, sizeLimit: sizeLimit, hasWeights: rows.contains { $0.weight != nil })
    for row in rows { try writer.append(row) }
    try writer.finish()
    return writer.index
  }

  @Test(arguments: [false, true])
  func `rows come back equal, over many shards`(weighted: Bool) throws {
    let folder = try TemporaryFolder()
    let rows = sampleRows(100, weighted: weighted)
    let index = try write(rows, to: folder.path, sizeLimit: 1000)
    #expect(index.shards.count > 5)
    #expect(index.shards.allSatisfy { $0.byteCount <= 1000 })
    let dataset = try ShardDataset(folder: folder.path)
    #expect(dataset.count == 100)
    #expect(try (0..<100).map { try dataset.example(at: $0) } == rows)
    #expect(throws: ShardError.outOfRange(index: 100, count: 100)) { try dataset.example(at: 100) }
  }

  @Test func `the index a writer gives is the one that is read back`() throws {
    let folder = try TemporaryFolder()
    let index = try write(sampleRows(30), to: folder.path, sizeLimit: 700)
    #expect(try ShardIndex(folder: folder.path) == index)
    for shard in index.shards {
      #expect(try SHA256.hash(fileAt: folder.path + "/" + shard.basename) == shard.sha256)
    }
  }

  @Test func `a sample larger than the limit has a shard of its own`() throws {
    let folder = try TemporaryFolder()
    #expect(
      try write(sampleRows(3), to: folder.path, sizeLimit: 10).shards.map(\.sampleCount) == [1, 1, 1])
  }

  @Test func `a writer that is not finished leaves no index`() throws {
    let folder = try TemporaryFolder()
    var writer = try MDSWriter(folder: folder.path, sizeLimit: 10)
    for row in sampleRows(3) { try writer.append(row) }
    #expect(throws: FileError.self) { try ShardDataset(folder: folder.path) }
  }

  @Test func `a row without a weight among weighted rows is refused`() throws {
    let folder = try TemporaryFolder()
    var writer = try MDSWriter(folder: folder.path, hasWeights: true)
    #expect(throws: ShardError.weightMismatch(id: "row-0")) { try writer.append(sampleRows(1)[0]) }
  }

  // MARK: - Hostile files

  private func damaged(_ change: (inout [UInt8]) -> Void) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    try write(sampleRows(4), to: folder.path)
    let path = folder.path + "/shard.00000.mds"
    var bytes = try readFile(path)
    change(&bytes)
    try writeFile(path, bytes, force: true)
    return (folder, path)
  }

  @Test func `a shard that was cut is refused when the folder is opened`() throws {
    let (folder, path) = try damaged { $0.removeLast() }
    #expect(throws: ShardError.badShard(path: path, problem: .wrongByteCount)) {
      try ShardDataset(folder: folder.path)
    }
  }

  @Test func `a shard with another number of samples is refused`() throws {
    let (folder, path) = try damaged { $0[0] = 5 }
    #expect(throws: ShardError.badShard(path: path, problem: .wrongSampleCount)) {
      try ShardDataset(folder: folder.path)
    }
  }

  @Test func `offsets outside the file are refused`() throws {
    let (folder, path) = try damaged { $0[11] = 0xFF }
    let dataset = try ShardDataset(folder: folder.path)
    #expect(throws: ShardError.badSample(path: path, index: 0, problem: .badOffsets)) {
      try dataset.example(at: 0)
    }
  }

  @Test func `column sizes that do not add up are refused`() throws {
    let (folder, path) = try damaged { bytes in
      let begin = Int(bytes[4]) | Int(bytes[5]) << 8
      bytes[begin + 3] = 0x7F
    }
    let dataset = try ShardDataset(folder: folder.path)
    #expect(throws: ShardError.badSample(path: path, index: 0, problem: .badSizes)) {
      try dataset.example(at: 0)
    }
  }

  @Test(arguments: ["../shard.00000.mds", "/etc/passwd", "..", ""])
  func `an index that names a file elsewhere is refused`(name: String) throws {
    let folder = try TemporaryFolder()
    try write(sampleRows(4), to: folder.path)
    let path = folder.path + "/index.json"
    let text = String(decoding: try readFile(path), as: UTF8.self)
    try writeFile(path, text.replacing("shard.00000.mds", with: name).utf8, force: true)
    let error = #expect(throws: ShardError.self) { try ShardDataset(folder: folder.path) }
    guard case .badIndex(_, "/shards/0/raw_data/basename", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `an index with an absurd number of samples is refused`() throws {
    let folder = try TemporaryFolder()
    try write(sampleRows(4), to: folder.path)
    let path = folder.path + "/index.json"
    let text = String(decoding: try readFile(path), as: UTF8.self)
    try writeFile(
      path, text.replacing("\"samples\": 4", with: "\"samples\": 9223372036854775807").utf8, force: true)
    #expect(throws: ShardError.self) { try ShardDataset(folder: folder.path) }
  }
}
