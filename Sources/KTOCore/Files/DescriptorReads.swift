internal import Glibc

/// The next bytes of an open file, at most `limit` of them, as soon as there are some; empty at the end.
/// - Throws: `FileError.cannotRead` with `path`.
func readNext(_ descriptor: Int32, upTo limit: Int, path: String) throws -> [UInt8] {
  try unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
    while true {
      let got = unsafe read(descriptor, buffer.baseAddress, limit)
      if got >= 0 {
        count = got
        return
      }
      try waitOrThrow(descriptor, path: path)
    }
  }
}

/// `count` bytes from a place of an open file, fewer only where the file ends before.
/// - Throws: `FileError.cannotRead` with `path`.
func readBytes(_ descriptor: Int32, at offset: Int, count: Int, path: String) throws -> [UInt8] {
  try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    while filled < count {
      let got = unsafe pread(
        descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, off_t(offset + filled))
      if got == 0 { return }
      if got > 0 { filled += got } else { try waitOrThrow(descriptor, path: path) }
    }
  }
}

/// After a read that failed: returns when it may be tried again.
private func waitOrThrow(_ descriptor: Int32, path: String) throws {
  switch errno {
  case EINTR: return
  case EAGAIN:
    // Another program that shares the terminal or the pipe has set it not to wait.
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&request, 1, -1)
  default: throw FileError.cannotRead(path: path, reason: errorText(errno))
  }
}
