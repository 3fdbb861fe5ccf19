internal import Glibc

/// A file without a name: written from front to back, read at any place, gone when the last value that holds it ends
/// or the process dies.
///
/// Memory: one write buffer of a megabyte.
package struct ScratchFile: ~Copyable {
  private let file: NamelessFile
  private var buffer: [UInt8] = []
  /// Bytes on disk, before those in the buffer.
  private var flushedByteCount = 0

  package var byteCount: Int { flushedByteCount + buffer.count }

  /// - Parameter folder: the folder on whose file system the bytes lie; it must exist.
  /// - Throws: `FileError.cannotWrite`.
  package init(folder: String) throws { file = try NamelessFile(folder: folder) }

  /// Adds bytes at the end.
  package mutating func append(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// `count` bytes from `offset`, all of which were appended before.
  package mutating func read(at offset: Int, count: Int) throws -> [UInt8] {
    if offset + count > flushedByteCount, offset + count <= byteCount { try flush() }
    return try ScratchReader(file: file, byteCount: flushedByteCount).read(at: offset, count: count)
  }

  /// A path by which what was appended so far can be opened for reading, as long as this value lives.
  package mutating func readablePath() throws -> String {
    try flush()
    return file.descriptorPath
  }

  /// What was appended so far, to be read by any number of threads.
  package mutating func reader() throws -> ScratchReader {
    try flush()
    return ScratchReader(file: file, byteCount: flushedByteCount)
  }

  private mutating func flush() throws {
    try file.write(buffer)
    flushedByteCount += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Reads what stands in a scratch file, on any thread.
package struct ScratchReader: Sendable {
  fileprivate let file: NamelessFile
  fileprivate let byteCount: Int

  /// `count` bytes from `offset`.
  package func read(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw FileError.cannotRead(path: file.folder, reason: "bytes \(offset) and on were never written")
    }
    return try file.read(at: offset, count: count)
  }
}

/// The descriptor of a file that was unlinked as soon as it was made.
private final class NamelessFile: Sendable {
  let folder: String
  private let descriptor: Int32

  init(folder: String) throws {
    self.folder = folder
    var template = Array("\(folder)/.kto-data-scratch-XXXXXX".utf8CString)
    let (made, reason) = unsafe template.withUnsafeMutableBufferPointer { name -> (Int32, Int32) in
      guard let base = name.baseAddress else { return (-1, EINVAL) }
      let made = unsafe mkstemp(base)
      let reason = errno
      if made >= 0 { _ = unsafe unlink(base) }
      return (made, reason)
    }
    guard made >= 0 else { throw FileError.cannotWrite(path: folder, reason: errorText(reason)) }
    descriptor = made
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  var descriptorPath: String { "/proc/self/fd/\(descriptor)" }

  func write(_ bytes: [UInt8]) throws { try writeAll(bytes, to: descriptor, path: folder) }

  func read(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try readBytes(descriptor, at: offset, count: count, path: folder)
    guard bytes.count == count else { throw FileError.cannotRead(path: folder, reason: "end of file") }
    return bytes
  }
}
