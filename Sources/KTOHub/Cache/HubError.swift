internal import KTOCore

/// Why a model or one of its files could not be found.
package enum HubError: Error, Equatable, Sendable {
  /// Nothing of that name in the cache `root`, nor a folder.
  case notFound(name: String, root: String)
  /// The cache has the model in `folder`, but not this revision of it.
  case revisionNotFound(name: String, revision: String, folder: String)
  /// A name that is neither `ORG/NAME` (or `NAME`) nor a folder.
  case invalidName(String)
  /// Not a branch, a tag or a commit, or one that would leave its folder.
  case invalidRevision(String)
  /// The model has no file of that name.
  case fileMissing(file: String, folder: String)
  /// The snapshot in `folder` lacks a file, which the hub may have at that commit.
  case notDownloaded(file: String, model: String, commit: String, folder: String)
  /// A file's name or link leads out of what the cache may hold.
  case leavesCache(path: String)
  /// A file of the model is not JSON from this byte on.
  case notJSON(path: String, reason: String, offset: Int)
  /// A file of the model is not what it should be.
  case malformed(path: String, expected: String)
}

extension HubError {
  /// The file of the model that cannot be read, by its name in the folder; nil where the error is about something else.
  package func file(in folder: ModelFolder) -> String? {
    switch self {
    case .malformed(let path, _), .notJSON(let path, _, _):
      path.hasPrefix(folder.path + "/") ? String(path.dropFirst(folder.path.count + 1)) : nil
    default: nil
    }
  }
}

extension HubError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFound(let name, let root):
      "the model \(name) is not in \(root), and nothing is downloaded here; get it with"
        + " 'hf download \(name)'"
    case .revisionNotFound(let name, let revision, let folder):
      "\(folder) has the model \(name), but not its revision \(revision); get it with"
        + " 'hf download \(name) --revision \(revision)'"
    case .invalidName(let name):
      "\"\(excerpt(name, limit: 120))\" is neither a model's name (ORG/NAME) nor a folder"
    case .invalidRevision(let revision): "\"\(revision)\" is not a branch, a tag or a commit"
    case .fileMissing(let file, let folder): "\(folder) has no \(file)"
    case .notDownloaded(let file, let model, let commit, let folder):
      "\(folder) has no \(file), and nothing is downloaded here; get it, if there is one, with"
        + " 'hf download \(model) \(file) --revision \(commit)'"
    case .leavesCache(let path): "\(path) leads out of the model's folder"
    case .notJSON(let path, let reason, let offset): "\(path): byte \(offset): \(reason)"
    case .malformed(let path, let expected): "\(path): expected \(expected)"
    }
  }
}
