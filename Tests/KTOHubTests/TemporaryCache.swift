import Foundation
import KTOHub

/// A cache in a temporary folder of its own, removed with the value.
final class TemporaryCache {
  let root = NSTemporaryDirectory() + "kto-cache-\(UUID().uuidString)"
  let commit = String(repeating: "a1", count: 20)
  var model: String { root + "/models--org--name" }
  var cache: HubCache { HubCache(root: root) }

  init() throws {
    try write("models--org--name/refs/main", commit + "\n")
    try write("models--org--name/blobs/e1", "blob")
    try link("models--org--name/snapshots/\(commit)/config.json", to: "../../blobs/e1")
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ path: String, _ text: String) throws {
    try makeFolder(of: path)
    try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
  }

  func link(_ path: String, to target: String) throws {
    try makeFolder(of: path)
    try FileManager.default.createSymbolicLink(atPath: "\(root)/\(path)", withDestinationPath: target)
  }

  private func makeFolder(of path: String) throws {
    let folder = URL(filePath: "\(root)/\(path)").deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
}
