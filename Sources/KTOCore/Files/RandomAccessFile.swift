internal import Glibc

/// A file read at any position, by any thread; nothing of it is kept in memory.
///
/// The instance owns its descriptor, which has no position that reads would share (`pread`), and closes it
/// when it is freed. A file that shrinks while it is open gives short reads, never a trap.
package final class RandomAccessFile: Sendable {
  package let path: String
  package let byteCount: Int
  private let descriptor: Int32

  /// - Throws: `FileError` when the file cannot be opened or is no regular file.
  package init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let reason = errorText(errno)
      close(descriptor)
      throw FileError.cannotRead(path: path, reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError.isDirectory(path: path)
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// `count` bytes from `offset`.
  /// - Throws: `FileError.cannotRead`, also where the range lies outside the file.
  package func read(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw FileError.cannotRead(path: path, reason: "bytes \(offset) and on lie outside the file")
    }
    let bytes = try readBytes(descriptor, at: offset, count: count, path: path)
    guard bytes.count == count else {
      throw FileError.cannotRead(path: path, reason: "the file became shorter while it was read")
    }
    return bytes
  }
}
