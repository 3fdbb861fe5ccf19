internal import Foundation
internal import KTOCore

/// The Hugging Face cache of this machine: models that were fetched or imported. Nothing is ever downloaded.
///
/// Layout: `models--ORG--NAME/{refs/REVISION, snapshots/COMMIT/FILE, blobs/ETAG}`; a snapshot's files are links to
/// blobs, or real files. Source: huggingface_hub's documentation of its cache.
package struct HubCache: Sendable {
  package let root: String

  package init(root: String) { self.root = root }

  /// The cache that the environment names: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `$HF_HOME/hub`, or
  /// `$XDG_CACHE_HOME/huggingface/hub` with `~/.cache` in its place where unset. `~` and `$NAME` are expanded.
  package static func defaultRoot(environment: [String: String], home: String) -> String {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : expand($0, environment, home) }
    }
    if let root = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") { return root }
    if let folder = value("HF_HOME") { return folder + "/hub" }
    return (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/huggingface/hub"
  }

  /// The folder of a model: `org/name` in the cache, else a folder, which may be a cache's `models--…` folder.
  /// - Throws: `HubError`.
  package func resolve(_ name: String, revision: String = "main") throws -> ModelFolder {
    if isHubName(name) {
      let folder = root + "/models--" + name.split(separator: "/").joined(separator: "--")
      if isFolder(folder) { return try snapshot(of: name, in: folder, revision: revision, root: root) }
    }
    guard isFolder(name) else {
      guard isHubName(name) else { throw HubError.invalidName(excerpt(name, limit: 120)) }
      throw HubError.notFound(name: name, root: root)
    }
    let trimmed = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
    let last = trimmed.split(separator: "/").last.map(String.init) ?? trimmed
    if last.hasPrefix("models--"), isFolder(trimmed + "/snapshots") {
      let hubName = last.dropFirst("models--".count).replacing("--", with: "/")
      let parent = URL(filePath: trimmed).deletingLastPathComponent().path
      return try snapshot(of: String(hubName), in: trimmed, revision: revision, root: parent)
    }
    return ModelFolder(path: trimmed, name: trimmed, revision: revision, commit: nil)
  }

  /// The models of the cache at each revision that has a name, sorted.
  /// - Throws: `HubError` for a link that leads out.
  package func list() throws -> [ModelFolder] {
    var models: [ModelFolder] = []
    for folder in entries(root) where folder.hasPrefix("models--") {
      let name = folder.dropFirst("models--".count).replacing("--", with: "/")
      let path = root + "/" + folder
      for revision in revisions(path + "/refs") {
        guard let model = try? snapshot(of: String(name), in: path, revision: revision, root: root) else {
          continue
        }
        models.append(model)
      }
    }
    return models
  }

  // MARK: - Snapshots

  private func snapshot(of name: String, in folder: String, revision: String, root: String) throws
    -> ModelFolder
  {
    let parts = revision.split(separator: "/", omittingEmptySubsequences: false)
    guard !revision.isEmpty, !parts.contains(".."), !parts.contains("."), !parts.contains("") else {
      throw HubError.invalidRevision(excerpt(revision))
    }
    let missing = HubError.revisionNotFound(name: name, revision: revision, folder: folder)
    var commit = revision
    if !isCommit(revision) {
      let path = folder + "/refs/" + revision
      guard let bytes = try? readFile(path, limit: 4096) else { throw missing }
      commit = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      guard isCommit(commit) else { throw HubError.malformed(path: path, expected: "a commit of 40 digits") }
    }
    let path = folder + "/snapshots/" + commit
    guard isFolder(path) else { throw missing }
    return ModelFolder(path: path, name: name, revision: revision, commit: commit, root: root)
  }

  /// Names below `refs`, which may nest (`pr/1`).
  private func revisions(_ folder: String, prefix: String = "", depth: Int = 0) -> [String] {
    guard depth < 4 else { return [] }
    return entries(folder).flatMap { entry in
      isFolder(folder + "/" + entry)
        ? revisions(folder + "/" + entry, prefix: prefix + entry + "/", depth: depth + 1) : [prefix + entry]
    }
  }
}

private func isHubName(_ name: String) -> Bool {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  guard (1...2).contains(parts.count) else { return false }
  return parts.allSatisfy { part in
    !part.isEmpty && part != "." && part != ".." && !part.contains("--")
      && part.utf8.allSatisfy { byte in
        byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "."))
      }
  }
}

private func isCommit(_ text: String) -> Bool {
  text.utf8.count == 40 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}

private func isFolder(_ path: String) -> Bool {
  var isDirectory: ObjCBool = false
  return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}

/// A folder's names, sorted by bytes; none where it cannot be read.
private func entries(_ folder: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// `~` at the start and `$NAME` or `${NAME}` anywhere; an unknown name stays as it is.
private func expand(_ text: String, _ environment: [String: String], _ home: String) -> String {
  var rest = text[...]
  var result = ""
  if rest == "~" || rest.hasPrefix("~/") {
    result = home
    rest = rest.dropFirst()
  }
  while let dollar = rest.firstIndex(of: "$") {
    result += rest[..<dollar]
    var name = rest[rest.index(after: dollar)...]
    let isBraced = name.hasPrefix("{")
    if isBraced { name = name.dropFirst() }
    name = name.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    var end = name.endIndex
    let isClosed = !isBraced || (end < rest.endIndex && rest[end] == "}")
    if isBraced, isClosed { end = rest.index(after: end) }
    if isClosed, let value = environment[String(name)] {
      result += value
    } else {
      result += rest[dollar..<end]
    }
    rest = rest[end...]
  }
  return result + rest
}
