internal import Glibc

/// A file read from front to back in pieces, so that memory does not grow with its size.
///
/// The instance owns its descriptor and closes it when it is freed; it is not shared between threads.
package final class FileByteSource: ByteSource {
  fileprivate let path: String
  private let descriptor: Int32

  /// - Throws: `FileError` when the file cannot be opened or is a folder.
  package init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    try checkDescriptor()
  }

  /// Reads standard input, from where it stands; `path` is its name in messages.
  /// - Throws: `FileError` when it is closed or a folder.
  package convenience init(standardInputNamed path: String = "standard input") throws {
    try self.init(descriptor: STDIN_FILENO, named: path)
  }

  /// Reads what is open already, from where it stands, through a copy of its descriptor.
  /// - Throws: `FileError` when it is closed or a folder.
  package init(descriptor: Int32, named path: String) throws {
    self.path = path
    self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    try checkDescriptor()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private func checkDescriptor() throws {
    guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw FileError.isDirectory(path: path)
    }
  }

  /// The size of a regular file; 0 for anything else.
  package var byteCount: Int {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// A path that leads to this open file, whatever becomes of the name it was opened by.
  package var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

  /// The next bytes, at most `limit` of them; empty at the end of the file.
  package func read(upTo limit: Int) throws -> [UInt8] {
    try readNext(descriptor, upTo: limit, path: path)
  }

  /// Bytes from a place of the file, fewer where it ends before; where `read(upTo:)` goes on is not changed.
  package func read(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count > 0 else { return [] }
    return try readBytes(descriptor, at: offset, count: count, path: path)
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
  try readToEnd(source, named: source.path, limit: limit)
}

/// What is left of a source, whose name is `path` in messages.
/// - Throws: `FileError.tooLarge` when it has more than `limit` bytes; what the source throws.
package func readToEnd(
  _ source: some ByteSource, named path: String, limit: Int = 1 << 30
) throws -> [UInt8] {
  var bytes: [UInt8] = []
  while true {
    let piece = try source.read(upTo: 1 << 20)
    if piece.isEmpty { return bytes }
    bytes += piece
    if bytes.count > limit { throw FileError.tooLarge(path: path, byteCount: bytes.count, limit: limit) }
  }
}
