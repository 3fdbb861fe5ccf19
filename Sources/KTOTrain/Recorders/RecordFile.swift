internal import Glibc
internal import KTOCore

/// A file that grows while a run goes on, so that it can be watched: each text is on its way to the disk when `write`
/// returns.
///
/// Owns its descriptor and closes it.
final class RecordFile {
  let path: String
  private let descriptor: Int32

  /// - Throws: `FileError.cannotWrite`.
  init(path: String, appends: Bool) throws {
    self.path = path
    let mode = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (appends ? 0 : O_TRUNC)
    descriptor = unsafe open(path, mode, 0o644)
    guard descriptor >= 0 else { throw Self.error(path) }
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

  /// Puts a text in the place of everything written so far.
  /// - Throws: `FileError.cannotWrite`.
  func replace(with text: String) throws {
    guard ftruncate(descriptor, 0) == 0 else { throw Self.error(path) }
    try write(text)
  }

  private static func error(_ path: String) -> FileError {
    .cannotWrite(path: path, reason: errorText(errno))
  }
}
