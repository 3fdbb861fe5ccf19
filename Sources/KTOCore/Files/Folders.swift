internal import Glibc

/// What is at a path, symbolic links followed.
package enum FileKind: Equatable, Sendable {
  case file, folder
  /// A pipe, a socket or a device.
  case other
  /// A link to nothing, or to itself.
  case danglingLink
}

/// One entry of a folder.
package struct FolderEntry: Equatable, Sendable {
  package let name: String
  package let kind: FileKind
}

/// What a folder holds, without `.` and `..`, in the order of the names' bytes.
///
/// A name that is not UTF-8 is shown with replacement characters, and cannot be opened by them.
/// - Throws: `FileError.cannotOpen`, `.cannotRead`.
package func folderEntries(_ path: String) throws -> [FolderEntry] {
  guard let stream = unsafe opendir(path) else {
    throw FileError.cannotOpen(path: path, reason: errorText(errno))
  }
  defer { unsafe closedir(stream) }
  let folder = unsafe dirfd(stream)
  var entries: [(name: [UInt8], kind: FileKind)] = []
  while true {
    errno = 0
    guard let entry = unsafe readdir(stream) else {
      if errno != 0 { throw FileError.cannotRead(path: path, reason: errorText(errno)) }
      break
    }
    let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
    if name == Array(".".utf8) || name == Array("..".utf8) { continue }
    // One that is removed at this moment is left out.
    if let kind = kind(of: name, in: folder) { entries.append((name, kind)) }
  }
  entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
  return entries.map { FolderEntry(name: String(decoding: $0.name, as: UTF8.self), kind: $0.kind) }
}

/// What is at a path, symbolic links followed; nil where nothing is.
package func fileKind(_ path: String) -> FileKind? { kind(of: Array(path.utf8), in: AT_FDCWD) }

private func kind(of name: [UInt8], in folder: Int32) -> FileKind? {
  let name = (name + [0]).map { CChar(bitPattern: $0) }
  var status = stat()
  guard unsafe fstatat(folder, name, &status, 0) == 0 else {
    return unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? .danglingLink : nil
  }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: .file
  case S_IFDIR: .folder
  default: .other
  }
}

/// Removes a file; does nothing where there is none.
package func removeFile(_ path: String) { _ = unsafe unlink(path) }
