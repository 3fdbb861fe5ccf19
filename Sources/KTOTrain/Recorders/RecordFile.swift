internal import Glibc
internal import KTOCore

/// A file that grows while a run goes on, so that it can be watched: each text is on its way to the disk when `write`
/// returns.
///
/// Owns its descriptor and closes it.
final class RecordFile {
  let path: String
  private var descriptor: Int32

  /// - Throws: `FileError.cannotWrite`, also where there is something else than a regular file.
  init(path: String, appends: Bool) throws {
    self.path = path
    descriptor = try Self.open(path, O_RDWR | O_CREAT | (appends ? 0 : O_TRUNC))
    if let kind = fileKind(path), kind != .file {
      throw FileError.cannotWrite(path: path, reason: "it exists and is not a regular file")
    }
    // What a killed run did not write to its end stays a line of its own.
    if appends, let last = lastByte, last != UInt8(ascii: "\n") { try write("\n") }
  }

  deinit { close(descriptor) }

  /// - Throws: `FileError.cannotWrite`, as when the disk is full.
  func write(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.error(path)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Puts a text in the place of everything written so far, all of it or nothing.
  /// - Throws: `FileError.cannotWrite`.
  func replace(with text: String) throws {
    try writeFile(path, text.utf8, force: true)
    let new = try Self.open(path, O_RDWR)
    close(descriptor)
    descriptor = new
  }

  private static func open(_ path: String, _ flags: Int32) throws -> Int32 {
    let descriptor = unsafe Glibc.open(path, flags | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw error(path) }
    return descriptor
  }

  private var lastByte: UInt8? {
    var byte: UInt8 = 0
    let end = lseek(descriptor, 0, SEEK_END)
    return unsafe end > 0 && pread(descriptor, &byte, 1, end - 1) == 1 ? byte : nil
  }

  private static func error(_ path: String) -> FileError {
    .cannotWrite(path: path, reason: errorText(errno))
  }
}
