internal import Glibc

/// What tells a file or folder from every other while it exists, whatever its names are.
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64

  /// What is at a path, symbolic links followed; nil where nothing is.
  package init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

/// Why a file or a folder may not be read; nil where it may.
package func readingObstacle(_ path: String) -> String? {
  unsafe access(path, R_OK) == 0 ? nil : errorText(errno)
}

/// What a symbolic link says, whether or not it leads anywhere; nil for what is no link.
package func linkTarget(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = unsafe readlink(path, &buffer, buffer.count)
  return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
