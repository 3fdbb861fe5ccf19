internal import Glibc
internal import KTOCore
internal import KTOTrain

/// One process's claim on a folder that a run writes to. It ends with the process, however that ends.
///
/// Owns its descriptor, and is a class for that. The file of a process that was killed is taken over by the next.
final class FolderLock {
  static let fileName = ".train.lock"

  private let path: String
  private let descriptor: Int32

  /// - Throws: `TrainingError.folderInUse`; `FileError.cannotWrite` where the folder cannot be written to.
  init(folder: String) throws {
    path = folder + "/" + Self.fileName
    descriptor = try Self.open(path, folder)
    let text = Array("\(getpid())\n".utf8)
    let count = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard count == text.count, ftruncate(descriptor, off_t(count)) == 0 else { throw Self.failure(path) }
  }

  /// Opens and locks the file, which is made where there is none.
  private static func open(_ path: String, _ folder: String) throws -> Int32 {
    while true {
      let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw failure(path) }
      // A file system without locks must not keep anybody from training.
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(descriptor)
        let text = (try? readFile(path, limit: 64)).map { String(decoding: $0, as: UTF8.self) }
        throw TrainingError.folderInUse(
          folder: folder, process: text.flatMap { Int($0.split(separator: "\n").first ?? "") })
      }
      // Whoever had it before may have removed the file between the two calls.
      if isAt(path, descriptor) { return descriptor }
      close(descriptor)
    }
  }

  private static func failure(_ path: String) -> FileError {
    .cannotWrite(path: path, reason: errorText(errno))
  }

  deinit {
    removeFile(path)
    close(descriptor)
  }
}

/// Whether a path still names the file that is open.
private func isAt(_ path: String, _ descriptor: Int32) -> Bool {
  var (named, opened) = (stat(), stat())
  guard unsafe stat(path, &named) == 0, unsafe fstat(descriptor, &opened) == 0 else { return false }
  return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
}
