internal import Glibc

/// A path with `*`, `?` or `[…]` in it, as shells have them; `**` stands for any number of folders, also none.
///
/// Names that begin with a dot are matched only by a pattern that does, and `**` does not follow links.
package struct FilePattern: Sendable {
  private let start: String
  private let parts: [String]

  /// Nil for a path without a wildcard.
  package init?(_ path: String) {
    guard Self.hasWildcard(path) else { return nil }
    start = path.hasPrefix("/") ? "/" : ""
    parts = path.split(separator: "/").map(String.init)
  }

  /// The folder that the first wildcard is looked for in; `.` is the current one.
  package var folder: String {
    let fixed = parts.prefix { !Self.hasWildcard($0) }.joined(separator: "/")
    return start.isEmpty && fixed.isEmpty ? "." : start + fixed
  }

  /// The paths that match, each once, in the order of their bytes.
  ///
  /// A folder that cannot be read has no matches.
  package func matches() -> [String] {
    var found: Set<String> = []
    collect(start, parts[...], into: &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The same below a folder, whose own name is taken as it is.
  package func matches(below folder: String) -> [String] {
    var found: Set<String> = []
    collect(folder + "/", parts[...], into: &found)
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func collect(_ base: String, _ rest: ArraySlice<String>, into found: inout Set<String>) {
    guard let part = rest.first else { return }
    let others = rest.dropFirst()
    func goOn(_ path: String) {
      if others.isEmpty {
        found.insert(path)
      } else if fileKind(path) == .folder {
        collect(path + "/", others, into: &found)
      }
    }
    guard Self.hasWildcard(part) else {
      if fileKind(base + part) != nil { goOn(base + part) }
      return
    }
    let entries = (try? folderEntries(base.isEmpty ? "." : base)) ?? []
    if part == "**" {
      if others.isEmpty {
        for entry in entries where !entry.name.hasPrefix(".") && entry.kind != .folder {
          found.insert(base + entry.name)
        }
      } else {
        collect(base, others, into: &found)
      }
      for entry in entries
      where entry.kind == .folder && !entry.name.hasPrefix(".") && linkTarget(base + entry.name) == nil {
        collect(base + entry.name + "/", rest, into: &found)
      }
      return
    }
    for entry in entries where unsafe fnmatch(part, entry.name, FNM_PERIOD) == 0 { goOn(base + entry.name) }
  }

  private static func hasWildcard(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }
}
