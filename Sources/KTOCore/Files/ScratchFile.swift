internal import Glibc

/// A file without a name: written from front to back, read at any place, gone when the value ends or the
/// process dies.
///
/// Owns its descriptor. Memory: one write buffer of a megabyte.
package struct ScratchFile: ~Copyable {
  private let directory: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  /// Bytes on disk, before those in the buffer.
  private var flushedByteCount = 0

  package var byteCount: Int { flushedByteCount + buffer.count }

  /// - Parameter directory: the folder on whose file system the bytes lie; it must exist.
  /// - Throws: `FileError.cannotWrite`.
  package init(directory: String) throws {
    self.directory = directory
    var template = Array("\(directory)/.kto-data-scratch-XXXXXX".utf8CString)
    let (made, reason) = unsafe template.withUnsafeMutableBufferPointer { name -> (Int32, Int32) in
      guard let base = name.baseAddress else { return (-1, EINVAL) }
      let made = unsafe mkstemp(base)
      let reason = errno
      if made >= 0 { _ = unsafe unlink(base) }
      return (made, reason)
    }
    guard made >= 0 else { throw FileError.cannotWrite(path: directory, reason: errorText(reason)) }
    descriptor = made
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  package mutating func append(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// `count` bytes from `offset`, all of which were appended before.
  package mutating func read(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw FileError.cannotRead(path: directory, reason: "bytes \(offset) and on were never written")
    }
    if offset + count > flushedByteCount { try flush() }
    let bytes = try readBytes(descriptor, at: offset, count: count, path: directory)
    guard bytes.count == count else { throw FileError.cannotRead(path: directory, reason: "end of file") }
    return bytes
  }

  private mutating func flush() throws {
    try writeAll(buffer, to: descriptor, path: directory)
    flushedByteCount += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
