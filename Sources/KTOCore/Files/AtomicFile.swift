internal import Glibc

/// A file that appears whole or not at all: written under a temporary name beside its place, synced, renamed.
///
/// Owns its descriptor. When it is freed without `commit()`, the temporary file is removed.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false
  /// Bytes given to `write` so far.
  package private(set) var byteCount = 0

  /// - Parameter force: whether a file that exists may be replaced.
  /// - Throws: `FileError.exists`, `.cannotWrite`, also where a folder or a device is in the way.
  package init(path: String, force: Bool = false) throws {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      // A rename would put a file in the place of a device such as /dev/null.
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw FileError.cannotWrite(path: path, reason: "it exists and is not a regular file")
      }
      guard force else { throw FileError.exists(path: path) }
    }
    removeLeftovers(of: path)
    let temporaryPath = path + partialMark + "\(getpid())"
    let descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: errorText(errno)) }
    // Held as long as the process lives: what is not locked was left by one that was killed.
    flock(descriptor, LOCK_EX | LOCK_NB)
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    if !isCommitted { unsafe unlink(temporaryPath) }
  }

  /// Appends bytes; they reach the disk in larger pieces.
  package mutating func write(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    byteCount += bytes.count
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Appends the UTF-8 of a text.
  package mutating func write(_ text: String) throws { try write(text.utf8) }

  /// Syncs the content and gives it its name. Call once, last.
  package mutating func commit() throws { try commit(as: path) }

  /// Syncs the content and gives it another name than it was opened with, in the same folder. Call once, last.
  package mutating func commit(as path: String) throws {
    try flush()
    guard fsync(descriptor) == 0, unsafe rename(temporaryPath, path) == 0 else {
      throw FileError.cannotWrite(path: path, reason: errorText(errno))
    }
    isCommitted = true
  }

  private mutating func flush() throws {
    try writeAll(buffer, to: descriptor, path: path)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// A name beside `path` for what another library writes there, to be given to `publishFile`.
package func partialPath(for path: String) -> String {
  removeLeftovers(of: path)
  return path + partialMark + "\(getpid())"
}

/// Syncs a file and gives it its name, in place of one of that name.
package func publishFile(_ temporaryPath: String, as path: String) throws {
  let descriptor = unsafe open(temporaryPath, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError.cannotWrite(path: path, reason: errorText(errno)) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0, unsafe rename(temporaryPath, path) == 0 else {
    throw FileError.cannotWrite(path: path, reason: errorText(errno))
  }
}

/// What follows a file's name while it is written, before the number of the process.
private let partialMark = ".partial-"

/// Whether a name is that of a file on its way, or of what a killed run left of one.
package func isPartialFileName(_ name: String) -> Bool {
  guard let mark = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
  let end = name[mark...]
  return end.hasPrefix(partialMark) && end.count > partialMark.count
    && end.dropFirst(partialMark.count).allSatisfy(\.isNumber)
}

/// Removes what killed runs left of a file on its way.
private func removeLeftovers(of path: String) {
  let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
  let folder = slash.map { String(path[...$0]) } ?? "."
  let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
  for entry in (try? folderEntries(folder)) ?? []
  where entry.name.hasPrefix(name + partialMark) && isPartialFileName(entry.name) {
    let leftover = slash == nil ? entry.name : folder + entry.name
    let descriptor = unsafe open(leftover, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { continue }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unsafe unlink(leftover) }
    close(descriptor)
  }
}

/// Writes every byte to an open descriptor; `path` is for the message alone.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
  var start = 0
  while start < bytes.count {
    let got = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + start }, $0.count - start)
    }
    if got < 0 {
      if errno == EINTR { continue }
      throw FileError.cannotWrite(path: path, reason: errorText(errno))
    }
    start += got
  }
}

/// Writes a whole file by `AtomicFile`.
package func writeFile(_ path: String, _ bytes: some Collection<UInt8>, force: Bool = false) throws {
  var file = try AtomicFile(path: path, force: force)
  try file.write(bytes)
  try file.commit()
}

/// Makes a folder and those above it; a folder that exists is no error.
package func makeDirectory(_ path: String) throws {
  var made = path.hasPrefix("/") ? "/" : ""
  for part in path.split(separator: "/") {
    made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
    if unsafe mkdir(made, 0o755) != 0, errno != EEXIST {
      throw FileError.cannotWrite(path: path, reason: errorText(errno))
    }
  }
}
