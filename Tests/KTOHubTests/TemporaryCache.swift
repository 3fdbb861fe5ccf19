import KTOHub
import KTOTestSupport

/// A cache in a temporary folder of its own, removed with the value.
final class TemporaryCache {
  private let folder: TemporaryFolder
  let commit = String(repeating: "a1", count: 20)
  var root: String { folder.path }
  var model: String { root + "/models--org--name" }
  var cache: HubCache { HubCache(root: root) }

  init() throws {
    folder = try TemporaryFolder([
      "models--org--name/refs/main": commit + "\n", "models--org--name/blobs/e1": "blob",
    ])
    try link("models--org--name/snapshots/\(commit)/config.json", to: "../../blobs/e1")
  }

  func write(_ path: String, _ text: String) throws { try folder.write(text, to: path) }

  func link(_ path: String, to target: String) throws { try folder.link(path, to: target) }
}
