import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct ManifestTests {
  /// A folder as prepare leaves it, of 40 rows.
  private func prepared(at path: String) throws -> Manifest {
    var writer = try MDSWriter(folder: path + "/train", sizeLimit: 600)
    var counts = Manifest.Counts()
    for row in sampleRows(40) {
      try writer.append(row)
      counts.add(row)
    }
    try writer.finish()
    let index = writer.index
    let manifest = Manifest(
      tool: "kto-data 0.1.0",
      model: Manifest.Model(
        name: "org/tiny", revision: "main", commit: nil, tokenizerHash: "aa", templateHash: "bb"),
      maxLength: 512, seed: .max, groupBy: "prompt",
      configuration: .members(["kto": .members(["beta": .double(0.1)])]),
      parents: [Manifest.Parent(path: "raw/a.json", sha256: "cc", byteCount: 7)],
      splits: [
        Manifest.Split(
          name: "train", indexHash: try SHA256.hash(fileAt: path + "/train/index.json"), shards: index.shards,
          counts: counts)
      ])
    try manifest.write(to: path)
    return manifest
  }

  @Test func `a manifest comes back equal, with the root it was written with`() throws {
    let folder = try TemporaryFolder()
    let manifest = try prepared(at: folder.path)
    let back = try Manifest(folder: folder.path)
    #expect(back.root == manifest.root)
    #expect(back.splits == manifest.splits)
    #expect(back.seed == .max)
    #expect(back.root.count == 64)
  }

  @Test func `whole shards verify without findings`() throws {
    let folder = try TemporaryFolder()
    _ = try prepared(at: folder.path)
    let report = verify(folder: folder.path)
    #expect(report.diagnostics.isEmpty)
    #expect(report.rows == 40)
    #expect(report.isSound)
  }

  @Test func `a single changed byte of a shard is found`() throws {
    let folder = try TemporaryFolder()
    _ = try prepared(at: folder.path)
    let path = folder.path + "/train/shard.00001.mds"
    var bytes = try readFile(path)
    bytes[bytes.count - 1] ^= 1
    try writeFile(path, bytes, force: true)
    let report = verify(folder: folder.path)
    #expect(report.diagnostics.map(\.code).contains("V02"))
    #expect(report.diagnostics.contains { $0.location?.file == path })
  }

  @Test func `a changed manifest is found by its root hash`() throws {
    let folder = try TemporaryFolder()
    _ = try prepared(at: folder.path)
    let path = folder.path + "/manifest.json"
    let text = String(decoding: try readFile(path), as: UTF8.self)
    try writeFile(path, text.replacing("org/tiny", with: "org/tidy").utf8, force: true)
    #expect(verify(folder: folder.path).diagnostics.map(\.code) == ["V02"])
  }

  @Test func `totals that the rows do not bear out are found`() throws {
    let folder = try TemporaryFolder()
    var manifest = try prepared(at: folder.path)
    manifest.splits[0].counts.desirable += 1
    try manifest.write(to: folder.path, force: true)
    #expect(verify(folder: folder.path).diagnostics.map(\.code) == ["V04"])
  }

  @Test func `a missing shard and a missing manifest are findings, not traps`() throws {
    let folder = try TemporaryFolder()
    #expect(verify(folder: folder.path).diagnostics.map(\.code) == ["V01"])
    var manifest = try prepared(at: folder.path)
    manifest.splits[0].shards[0].basename = "shard.99999.mds"
    try manifest.write(to: folder.path, force: true)
    #expect(Set(verify(folder: folder.path).diagnostics.map(\.code)) == ["V01", "V04"])
  }

  @Test func `groups with rows in two splits are found`() throws {
    let folder = try TemporaryFolder()
    var manifest = try prepared(at: folder.path)
    var writer = try MDSWriter(folder: folder.path + "/validation")
    var counts = Manifest.Counts()
    try writer.append(sampleRows(1)[0])
    counts.add(sampleRows(1)[0])
    try writer.finish()
    let index = writer.index
    manifest.splits.append(
      Manifest.Split(
        name: "validation", indexHash: try SHA256.hash(fileAt: folder.path + "/validation/index.json"),
        shards: index.shards, counts: counts))
    try manifest.write(to: folder.path, force: true)
    #expect(verify(folder: folder.path).diagnostics.map(\.code) == ["E08"])
  }

  @Test func `a manifest that names a file elsewhere is refused`() throws {
    let folder = try TemporaryFolder()
    var manifest = try prepared(at: folder.path)
    manifest.splits[0].shards[0].basename = "../../etc/passwd"
    try manifest.write(to: folder.path, force: true)
    #expect(throws: ShardError.self) { try Manifest(folder: folder.path) }
  }
}
