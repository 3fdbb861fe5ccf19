internal import Glibc

/// A file mapped read-only into memory and lent out as a span.
///
/// The instance owns the mapping, which no other mutates through us; it is unmapped when the value ends.
@safe package struct MappedFile: ~Copyable {
  private let base: UnsafeRawPointer?
  package let byteCount: Int

  /// - Throws: `FileError` when the file cannot be opened or mapped.
  package init(path: String) throws {
    let mapped = unsafe try map(path)
    unsafe base = mapped.baseAddress
    byteCount = mapped.count
  }

  deinit {
    if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
  }

  /// The file's bytes, valid while the value is borrowed.
  package var bytes: RawSpan {
    @_lifetime(borrow self) get {
      let buffer = unsafe UnsafeRawBufferPointer(start: base, count: byteCount)
      return unsafe _overrideLifetime(RawSpan(_unsafeBytes: buffer), borrowing: self)
    }
  }

  /// Calls `body` with the bytes, valid only during the call.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try unsafe body(UnsafeRawBufferPointer(start: base, count: byteCount))
  }
}

private func map(_ path: String) throws -> UnsafeRawBufferPointer {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
  defer { close(descriptor) }
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else {
    throw FileError.cannotRead(path: path, reason: errorText(errno))
  }
  guard status.st_mode & S_IFMT == S_IFREG else { throw FileError.isDirectory(path: path) }
  guard status.st_size > 0 else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
  let mapped = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
  guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
    throw FileError.cannotRead(path: path, reason: errorText(errno))
  }
  return unsafe UnsafeRawBufferPointer(start: mapped, count: Int(status.st_size))
}
