internal import Glibc

/// A file read from front to back in pieces, so that memory does not grow with its size.
///
/// The instance owns its descriptor and closes it when it is freed; it is not shared between threads.
package final class FileByteSource {
  fileprivate let path: String
  private let descriptor: Int32

  /// - Throws: `FileError` when the file cannot be opened or is a folder.
  package init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
    try rejectFolder()
  }

  /// Reads standard input, from where it stands; `path` is its name in messages.
  /// - Throws: `FileError` when it is closed or a folder.
  package init(standardInputNamed path: String = "standard input") throws {
    self.path = path
    descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
    try rejectFolder()
  }

  deinit { close(descriptor) }

  private func rejectFolder() throws {
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw FileError.isDirectory(path: path)
    }
  }

  /// The next bytes, at most `limit` of them; empty at the end of the file.
  package func read(upTo limit: Int) throws -> [UInt8] {
    let path = self.path
    let descriptor = self.descriptor
    return try unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while true {
        let got = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
        if got >= 0 {
          count = got
          return
        }
        guard errno == EINTR else { throw FileError.cannotRead(path: path, reason: errorText(errno)) }
      }
    }
  }

  /// Bytes from a place of the file, fewer where it ends before; where `read(upTo:)` goes on is not changed.
  package func read(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, offset + filled)
      }
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError.cannotRead(path: path, reason: errorText(errno))
      }
      filled += got
    }
    bytes.removeLast(count - filled)
    return bytes
  }
}

/// Whether anything is at a path, links followed.
package func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// The C library's words for an error number.
package func errorText(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}

/// The whole of a file.
/// - Throws: `FileError`; `.tooLarge` when it has more than `limit` bytes.
package func readFile(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
  try readFile(try FileByteSource(path: path), limit: limit)
}

/// What is left of a file.
/// - Throws: `FileError`; `.tooLarge` when it has more than `limit` bytes.
package func readFile(_ source: FileByteSource, limit: Int = 1 << 30) throws -> [UInt8] {
  var bytes: [UInt8] = []
  while true {
    let piece = try source.read(upTo: 1 << 20)
    if piece.isEmpty { return bytes }
    bytes += piece
    if bytes.count > limit {
      throw FileError.tooLarge(path: source.path, byteCount: bytes.count, limit: limit)
    }
  }
}
