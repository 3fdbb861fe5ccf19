internal import Foundation

/// A folder with a model's files: a snapshot of the Hugging Face cache, or any folder.
package struct ModelFolder: Sendable, Equatable {
  /// The folder itself.
  package let path: String
  /// `org/name`, or the folder as it was given.
  package let name: String
  /// The branch, tag or commit that was asked for.
  package let revision: String
  /// The commit it stands for; nil outside a cache.
  package let commit: String?
  /// What a file's links may not leave: the cache; nil outside one.
  let root: String?

  package init(path: String, name: String, revision: String, commit: String?, root: String? = nil) {
    self.path = path
    self.name = name
    self.revision = revision
    self.commit = commit
    self.root = root
  }

  /// The path of a file, nil where there is none.
  /// - Throws: `HubError.leavesCache` for `..` and for a link that leads out of the cache.
  package func file(_ name: String) throws -> String? {
    let file = path + "/" + name
    guard !name.split(separator: "/", omittingEmptySubsequences: false).contains("..") else {
      throw HubError.leavesCache(path: file)
    }
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    guard let root else { return file }
    // A snapshot's links lead to blobs, of this model or of the whole cache.
    guard realPath(file).hasPrefix(realPath(root) + "/") else { throw HubError.leavesCache(path: file) }
    return file
  }

  /// The path of a file that must be there.
  /// - Throws: `HubError.fileMissing`, `.leavesCache`.
  package func required(_ name: String) throws -> String {
    guard let file = try file(name) else { throw HubError.fileMissing(file: name, folder: path) }
    return file
  }
}

/// The path with every link followed.
func realPath(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
