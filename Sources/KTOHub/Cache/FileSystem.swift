internal import Glibc
internal import KTOCore

/// What the cache asks of the file system beyond `fileKind`.
enum FileSystem {
  /// Whether a folder itself is at a path, not a link to one.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path without symbolic links, `.` and `..`; nil where it does not exist.
  static func resolve(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// What a symbolic link says; nil for anything else.
  static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &buffer, buffer.count)
    return count > 0
      ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  /// The names in a folder, sorted by bytes; empty where it cannot be read.
  static func names(in folder: String) -> [String] { (try? folderEntries(folder))?.map(\.name) ?? [] }
}
