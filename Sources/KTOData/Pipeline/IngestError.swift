internal import KTOCore

/// Why there is nothing to read. What is wrong with single files and records is a diagnostic instead.
package enum IngestError: Error, Equatable, Sendable {
  /// No input was named.
  case noInputs
  /// Nothing is at the path; `near` is a name in its folder that may be meant.
  case notFound(path: String, near: String?)
  /// Not even the folder is there.
  case noFolder(path: String, folder: String)
  /// The path of a file, with a slash behind it as only a folder has.
  case notAFolder(path: String)
  case danglingLink(path: String, target: String)
  /// A pattern that nothing matches; `folder` is where its first wildcard was looked for.
  case noMatch(pattern: String, folder: String)
  /// A folder or a pattern that leads to no data; `leftOut` names what it leads to.
  case nothingToRead(String, leftOut: String)

  /// Why nothing is at a path.
  static func missing(_ path: String) -> IngestError {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    if trimmed != path, fileKind(trimmed) == .file { return .notAFolder(path: path) }
    let folder = fileFolder(path)
    guard let entries = try? folderEntries(folder) else { return .noFolder(path: path, folder: folder) }
    let near = closest(to: fileName(path), in: entries.map(\.name).filter { !$0.hasPrefix(".") })
    return .notFound(
      path: path, near: near.map { folder == "." ? $0 : folder == "/" ? "/" + $0 : "\(folder)/\($0)" })
  }
}

extension IngestError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noInputs: "there are no input files"
    case .notFound(let path, let near):
      "cannot open \(path): there is no such file" + (near.map { "; did you mean \($0)?" } ?? "")
    case .noFolder(let path, let folder): "cannot open \(path): there is no folder \(folder)"
    case .notAFolder(let path): "\(path) ends in a slash, as a folder does, but is a file"
    case .danglingLink(let path, let target): "\(path) is a link to \(target), which does not exist"
    case .noMatch(let pattern, let folder):
      "nothing matches \(pattern); it was looked for in "
        + (folder == "." ? "the current folder" : folder)
    case .nothingToRead(let input, let leftOut):
      "\(input) holds no data" + (leftOut.isEmpty ? "" : "; not read: \(leftOut)")
    }
  }
}
