import KTOCore
import KTOTestSupport
import Testing

@testable import KTOHub

struct HubCommitTests {
  /// A snapshot of two files, whose name is given.
  private func model(named commit: String, in folder: TemporaryFolder) throws -> ModelFolder {
    for (name, hash) in Self.files {
      try folder.write("x", to: "models--a--b/blobs/\(hash)")
      try folder.link("models--a--b/snapshots/\(commit)/\(name)", to: "../../blobs/\(hash)")
    }
    return try HubCache(root: folder.path).resolve("a/b", revision: commit)
  }

  private static let files = [
    ("config.json", String(repeating: "c", count: 64)),
    ("model.safetensors", String(repeating: "d", count: 64)),
  ]

  @Test func `a snapshot that a hub named has a commit`() throws {
    let folder = try TemporaryFolder()
    let commit = String(repeating: "a", count: 40)
    #expect(try model(named: commit, in: folder).hubCommit == commit)
  }

  @Test func `a snapshot that is named after its content has none`() throws {
    let folder = try TemporaryFolder()
    let model = try model(named: contentCommit(Self.files), in: folder)
    #expect(model.commit != nil && model.hubCommit == nil && model.isConverted)
  }
}
