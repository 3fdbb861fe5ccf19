internal import KTOCore

/// A folder with a model's files: a snapshot of the cache, or any other.
package struct ModelFolder: Sendable, Equatable {
  /// The snapshot's folder.
  package let path: String
  /// `ORG/NAME`, or the directory as it was given.
  package let name: String
  /// The branch, tag or commit that was asked for.
  package let revision: String
  /// The commit it stands for; nil outside a cache.
  package let commit: String?
  /// The cache, which a file's links may not leave; nil outside one.
  let root: String?

  package init(path: String, name: String, revision: String, commit: String?, root: String? = nil) {
    self.path = path
    self.name = name
    self.revision = revision
    self.commit = commit
    self.root = root
  }

  /// The path of a file of the model, relative to its folder; nil where there is none.
  /// - Throws: `HubError.leavesCache` for `..`, and for a link out of the snapshot and the cache's blobs.
  package func file(_ name: String) throws(HubError) -> String? {
    let file = "\(path)/\(name)"
    guard isInnerPath(name) else { throw .leavesCache(path: file) }
    guard let resolved = FileSystem.resolve(file), fileKind(resolved) == .file else { return nil }
    // A local directory is the user's own: its links may lead anywhere.
    guard let root else { return file }
    // A snapshot's files are real ones, or links to this model's blobs, or on from there to the whole cache's.
    let allowed = [path, "\(repository)/blobs", "\(root)/blobs"].compactMap(FileSystem.resolve)
    guard allowed.contains(where: { resolved.hasPrefix($0 + "/") }) else { throw .leavesCache(path: file) }
    return file
  }

  /// The path of a file that must be there.
  /// - Throws: `HubError.fileMissing`, `.notDownloaded`, `.leavesCache`.
  package func required(_ name: String) throws(HubError) -> String {
    if let file = try file(name) { return file }
    guard root != nil, let commit, !isKnownMissing(name) else {
      throw .fileMissing(file: name, folder: path)
    }
    throw .notDownloaded(file: name, model: self.name, commit: commit, folder: path)
  }
}

extension ModelFolder {
  /// The path of the tokenizer's file: `tokenizer.json` or, without one, `tekken.json`, `tokenizer.model` or the only
  /// `.tiktoken` file.
  /// - Throws: as `required("tokenizer.json")` where there is none of them.
  package func tokenizerFile() throws(HubError) -> String {
    let ranks = FileSystem.names(in: path).filter { $0.hasSuffix(".tiktoken") }
    for name in ["tokenizer.json", "tekken.json", "tokenizer.model"] + (ranks.count == 1 ? ranks : []) {
      if let file = try file(name) { return file }
    }
    return try required("tokenizer.json")
  }
}

/// Whether a relative path stays below where it starts.
func isInnerPath(_ path: String) -> Bool {
  !path.utf8.contains(0)
    && path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
    }
}
