package import Foundation

/// A folder of its own in the system's temporary folder, removed with the value.
package final class TemporaryFolder: Sendable {
  package let path: String

  /// - Parameter files: texts by name; a name may lie in folders below.
  package init(_ files: [String: String] = [:]) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "kto-data-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package var url: URL { URL(filePath: path) }

  /// The names of what is directly in the folder, sorted.
  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// The path of a file in the folder, whether or not it exists.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, in place of one of that name, and the folders that lead to it.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    try makeFolder(of: name)
    try Data(bytes).write(to: URL(filePath: path(name)))
    return path(name)
  }

  package func copy(_ file: String, to name: String) throws {
    try makeFolder(of: name)
    try? FileManager.default.removeItem(atPath: path(name))
    try FileManager.default.copyItem(atPath: file, toPath: path(name))
  }

  /// Makes a symbolic link.
  package func link(_ name: String, to target: String) throws {
    try makeFolder(of: name)
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }

  package func text(of name: String) throws -> String { String(decoding: try bytes(of: name), as: UTF8.self) }

  package func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path(name))))
  }

  private func makeFolder(of name: String) throws {
    let folder = URL(filePath: path(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
}
