import Foundation
import KTOHub
import KTOTestSupport

/// A copy of the embedded model's cache, removed with the value.
final class CopiedModel {
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private let temporary: TemporaryFolder
  let root: URL
  let folder: ModelFolder

  init() throws {
    temporary = try TemporaryFolder()
    root = temporary.url.appending(path: "hub")
    try FileManager.default.copyItem(at: Self.package.appending(path: "data/models"), to: root)
    folder = try HubCache(root: root.path).resolve("kto-data/tiny-mistral")
  }

  /// Puts a real file in the place of a link; nil takes it away.
  func replace(_ name: String, with content: Data?) throws {
    let file = URL(filePath: "\(folder.path)/\(name)")
    try? FileManager.default.removeItem(at: file)
    try content?.write(to: file)
  }
}
