internal import Glibc
internal import KTOCore

/// The name of the snapshot of a model that was converted on this machine: 40 hexadecimal digits made from names and
/// contents. It has the form of a hub's commit, but no hub knows it.
/// - Parameter files: the snapshot's files with the SHA-256 of each.
package func contentCommit(_ files: [(name: String, hash: String)]) -> String {
  let listing = files.sorted { $0.name < $1.name }.map { "\($0.name) \($0.hash)\n" }.joined()
  return String(SHA256.hash(Array(listing.utf8)).prefix(40))
}

extension ModelFolder {
  /// The hub's commit that the files are of; nil outside a cache, and for a model that was converted on this machine.
  package var hubCommit: String? { isConverted ? nil : commit }

  /// Whether the model was converted on this machine, as `model import` does: its snapshot's name is then made from the
  /// hashes that its files' links lead to. Complexity: reads the links alone.
  package var isConverted: Bool {
    guard let commit else { return false }
    var files: [(name: String, hash: String)] = []
    for name in FileSystem.names(in: path) {
      guard let target = FileSystem.linkTarget("\(path)/\(name)"),
        let hash = target.split(separator: "/").last
      else { return false }
      files.append((name, String(hash)))
    }
    return contentCommit(files) == commit
  }
}
