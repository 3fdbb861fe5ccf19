internal import Glibc

/// How many bytes a file has.
/// - Throws: `FileError`.
package func fileByteCount(_ path: String) throws -> Int {
  var status = stat()
  guard unsafe stat(path, &status) == 0 else {
    throw FileError.cannotRead(path: path, reason: errorText(errno))
  }
  return Int(status.st_size)
}
