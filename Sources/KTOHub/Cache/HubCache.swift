internal import KTOCore

/// The Hugging Face cache on this machine. Only read: nothing is downloaded.
package struct HubCache: Sendable {
  /// The folder that holds `models--ORG--NAME`.
  package let root: String

  package init(root: String) { self.root = root }

  /// The cache that the environment names, or the usual one below the home folder.
  package init(environment: [String: String]) {
    root = Self.defaultRoot(environment: environment, home: environment["HOME"] ?? "/root")
  }

  /// Where the cache is: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `$HF_HOME/hub`, `$XDG_CACHE_HOME/huggingface/hub`
  /// or `~/.cache/huggingface/hub`, the first that is set. `~` and variables in them are expanded.
  package static func defaultRoot(environment: [String: String], home: String) -> String {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : expand($0, environment, home) }
    }
    if let root = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") { return root }
    let cache = value("XDG_CACHE_HOME") ?? "\(home)/.cache"
    return (value("HF_HOME") ?? "\(cache)/huggingface") + "/hub"
  }

  /// Expands a leading `~`, `$NAME` and `${NAME}`; names that are not set stay as they are.
  static func expand(_ text: String, _ environment: [String: String], _ home: String) -> String {
    var result = ""
    var rest = Substring(text)
    if rest == "~" || rest.hasPrefix("~/") {
      result = home
      rest.removeFirst()
    }
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let after = rest[rest.index(after: dollar)...]
      let isBraced = after.first == "{"
      let name = after.dropFirst(isBraced ? 1 : 0).prefix {
        $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber)
      }
      let end =
        isBraced && after[name.endIndex...].first == "}" ? after.index(after: name.endIndex) : name.endIndex
      let isWhole = !name.isEmpty && (!isBraced || after[name.endIndex...].first == "}")
      if isWhole, let value = environment[String(name)] {
        result += value
      } else {
        result += rest[dollar..<end]
      }
      rest = rest[end...]
    }
    return result + rest
  }

  /// The folder of a model: `ORG/NAME` in the cache, otherwise a directory, which may be a `models--ORG--NAME` of
  /// some cache.
  /// - Parameter revision: a branch, a tag, `refs/pr/1` or a commit; not used for a plain directory.
  /// - Throws: `HubError`.
  package func resolve(_ name: String, revision: String = "main") throws -> ModelFolder {
    let isHubName = isInnerPath(name) && name.split(separator: "/").count <= 2 && !name.contains("--")
    if isHubName {
      let folder = "\(root)/models--" + name.split(separator: "/").joined(separator: "--")
      if fileKind(folder) == .folder {
        return try snapshot(of: name, in: folder, revision: revision, root: root)
      }
    }
    guard fileKind(name) == .folder else {
      throw isHubName ? HubError.notFound(name: name, root: root) : HubError.invalidName(name)
    }
    var directory = name
    while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
    let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
    if let last = parts.last, let hubName = Self.hubName(last),
      fileKind("\(directory)/snapshots") == .folder
    {
      let parent = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/")
      return try snapshot(of: hubName, in: directory, revision: revision, root: parent.isEmpty ? "/" : parent)
    }
    return ModelFolder(path: directory, name: directory, revision: revision, commit: nil)
  }

  /// The models of the cache, sorted by name: one for each name of a revision, and one for each snapshot that has
  /// none. Refs without a snapshot are left out.
  package func list() -> [ModelFolder] {
    var found: [ModelFolder] = []
    for entry in FileSystem.names(in: root) {
      guard let name = Self.hubName(Substring(entry)) else { continue }
      let folder = "\(root)/\(entry)"
      var named = Set<String?>()
      for revision in revisions(in: "\(folder)/refs") + FileSystem.names(in: "\(folder)/snapshots") {
        guard !named.contains(revision),
          let model = try? snapshot(of: name, in: folder, revision: revision, root: root)
        else { continue }
        named.insert(model.commit)
        found.append(model)
      }
    }
    return found
  }

  /// `ORG/NAME` of a folder `models--ORG--NAME`, cut at the first `--`: a name may contain more of them.
  static func hubName(_ folder: Substring) -> String? {
    guard folder.hasPrefix("models--") else { return nil }
    let name = folder.dropFirst(8)
    guard let border = name.indices.first(where: { name[$0...].hasPrefix("--") }) else { return String(name) }
    return name[..<border] + "/" + name[border...].dropFirst(2)
  }

  private func snapshot(
    of name: String, in folder: String, revision: String, root: String
  ) throws -> ModelFolder {
    guard isInnerPath(revision) else { throw HubError.invalidRevision(excerpt(revision)) }
    guard let commit = try isCommit(revision) ? revision : commit(of: revision, in: folder),
      fileKind("\(folder)/snapshots/\(commit)") == .folder
    else { throw HubError.revisionNotFound(name: name, revision: revision, folder: folder) }
    let path = "\(folder)/snapshots/\(commit)"
    guard let resolved = FileSystem.resolve(path), let top = FileSystem.resolve(root),
      resolved.hasPrefix(top + "/")
    else { throw HubError.leavesCache(path: path) }
    return ModelFolder(path: path, name: name, revision: revision, commit: commit, root: root)
  }

  /// What the file of a ref says; nil where there is no such ref.
  private func commit(of revision: String, in folder: String) throws -> String? {
    let path = "\(folder)/refs/\(revision)"
    guard fileKind(path) == .file else { return nil }
    guard let resolved = FileSystem.resolve(path), let inside = FileSystem.resolve(folder),
      resolved.hasPrefix(inside + "/")
    else { throw HubError.leavesCache(path: path) }
    let text = String(decoding: try readFile(path, limit: 4096), as: UTF8.self)
    let commit = trimmed(text)
    guard isCommit(commit) else { throw HubError.malformed(path: path, expected: "a commit of 40 digits") }
    return commit
  }

  /// The names below `refs`, which nest for `refs/pr/1`.
  private func revisions(in folder: String, prefix: String = "", depth: Int = 0) -> [String] {
    guard depth < 4 else { return [] }
    return FileSystem.names(in: folder).flatMap { entry in
      fileKind("\(folder)/\(entry)") == .folder
        ? revisions(in: "\(folder)/\(entry)", prefix: "\(prefix)\(entry)/", depth: depth + 1)
        : [prefix + entry]
    }
  }

  /// The text without white space at its ends.
  private func trimmed(_ text: String) -> String {
    var rest = text.drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  private func isCommit(_ revision: String) -> Bool {
    revision.utf8.count == 40
      && revision.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
