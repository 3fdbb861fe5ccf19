/// Why a model cannot be found in the Hugging Face cache.
package enum HubError: Error, Equatable, Sendable {
  /// Nothing of that name in the cache, nor a folder.
  case notFound(name: String, root: String)
  /// The model is there, the revision is not.
  case revisionNotFound(name: String, revision: String, folder: String)
  /// Not a name of the form `org/name` or `name`, or one that would leave the cache.
  case invalidName(String)
  case invalidRevision(String)
  /// A file that the work needs is not in the snapshot.
  case fileMissing(file: String, folder: String)
  /// A link that leads out of the cache.
  case leavesCache(path: String)
  /// A file of the snapshot is not what it should be.
  case malformed(path: String, expected: String)
}

extension HubError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let name, let root):
      "no model \(name) in the cache \(root), and no folder of that name; import one with"
        + " 'kto-data model import FILE.gguf --name \(name)' or fetch it with 'hf download \(name)'"
    case .revisionNotFound(let name, let revision, let folder):
      "\(name) has no revision \(revision) in \(folder); fetch it with"
        + " 'hf download \(name) --revision \(revision)'"
    case .invalidName(let name): "\"\(name)\" is neither a model's name (org/name) nor a folder"
    case .invalidRevision(let revision): "\"\(revision)\" is not a branch, a tag or a commit"
    case .fileMissing(let file, let folder): "\(folder) has no \(file)"
    case .leavesCache(let path): "\(path) leads out of the cache"
    case .malformed(let path, let expected): "\(path): expected \(expected)"
    }
  }
}
