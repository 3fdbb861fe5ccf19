internal import CLibZip
internal import Glibc
internal import KTOCore

/// How members of an archive are stored.
package enum NPZCompression: Sendable, Equatable { case stored, deflated }

/// Writes arrays as an .npz archive that `numpy.load(path, allow_pickle=False)` reads.
///
/// Members keep the given order and carry a fixed date, so that the same arrays give the same bytes. The file appears
/// under its name only when it is whole.
///
/// - Parameter arrays: at least one; names without the `.npy` that the archive adds.
/// - Throws: `FileError`; `TensorFileError` for a name that is empty or comes twice.
package func writeNPZ(
  _ arrays: [(name: String, array: NPYArray)], to path: String,
  compression: NPZCompression = .stored, force: Bool = false
) throws {
  precondition(!arrays.isEmpty, "an archive without members is no archive")
  if !force, unsafe access(path, F_OK) == 0 { throw FileError.exists(path: path) }
  var names: Set<String> = []
  for (name, array) in arrays {
    guard !name.isEmpty, !name.utf8.contains(0), name.utf8.count < 4096 else {
      throw TensorFileError(path, .unsafePath(name))
    }
    guard names.insert(name).inserted else { throw TensorFileError(path, .duplicateTensor(name)) }
    guard array.shape.count <= 64 else { throw TensorFileError(path, .outOfRange("\(name).shape")) }
  }
  let temporaryPath = "\(path).partial-\(getpid())"
  // What a killed process of the same number left would otherwise be opened as an archive to add to.
  unsafe unlink(temporaryPath)
  do {
    try writeArchive(arrays, to: temporaryPath, method: compression == .stored ? 0 : 8)
    try sync(temporaryPath)
    guard unsafe rename(temporaryPath, path) == 0 else {
      throw FileError.cannotWrite(path: path, reason: errorText(errno))
    }
  } catch {
    unsafe unlink(temporaryPath)
    throw error
  }
}

private func writeArchive(
  _ arrays: [(name: String, array: NPYArray)], to path: String, method: Int32
) throws {
  var code: Int32 = 0
  guard let archive = unsafe zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code) else {
    throw FileError.cannotWrite(path: path, reason: zipErrorText(code))
  }
  for (name, array) in arrays {
    let member = unsafe Unmanaged.passRetained(MemberSource(array))
    guard let source = unsafe zip_source_function(archive, memberCallback, member.toOpaque()) else {
      unsafe member.release()
      throw unsafe discard(archive, path)
    }
    let index = unsafe zip_file_add(archive, name + ".npy", source, zip_flags_t(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      unsafe zip_source_free(source)
      throw unsafe discard(archive, path)
    }
    // 1980-01-01 00:00, the first moment a DOS date can name.
    guard unsafe zip_set_file_compression(archive, zip_uint64_t(index), method, 0) == 0,
      unsafe zip_file_set_dostime(archive, zip_uint64_t(index), 0, 0x21, 0) == 0
    else { throw unsafe discard(archive, path) }
  }
  guard unsafe zip_close(archive) == 0 else { throw unsafe discard(archive, path) }
}

/// Frees an archive that cannot be written and says why.
private func discard(_ archive: OpaquePointer, _ path: String) -> FileError {
  let reason = unsafe String(cString: zip_strerror(archive))
  unsafe zip_discard(archive)
  return FileError.cannotWrite(path: path, reason: reason)
}

private func sync(_ path: String) throws {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError.cannotOpen(path: path, reason: errorText(errno)) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw FileError.cannotWrite(path: path, reason: errorText(errno)) }
}

func zipErrorText(_ code: Int32) -> String {
  var error = unsafe zip_error_t()
  unsafe zip_error_init_with_code(&error, code)
  defer { unsafe zip_error_fini(&error) }
  return unsafe String(cString: zip_error_strerror(&error))
}

/// One member's bytes, handed to libzip in the pieces it asks for; libzip owns one reference and gives it back.
private final class MemberSource {
  private let header: [UInt8]
  private let values: NPYArray.Values
  private var position = 0

  init(_ array: NPYArray) {
    header = NPYHeader(descriptor: array.values.descriptor, shape: array.shape).bytes
    values = array.values
  }

  var byteCount: Int { unsafe header.count + values.withBytes { $0.count } }

  func rewind() { position = 0 }

  /// Copies the next bytes, as many as there are and fit.
  func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    func copy(_ bytes: UnsafeRawBufferPointer, from start: Int) {
      let count = min(bytes.count - start, target.count - written)
      guard count > 0 else { return }
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[written..<written + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
      written += count
      position += count
    }
    if position < header.count { unsafe header.withUnsafeBytes { unsafe copy($0, from: position) } }
    if position >= header.count {
      unsafe values.withBytes { unsafe copy($0, from: position - header.count) }
    }
    return written
  }
}

/// Answers libzip's commands for a `MemberSource`.
private let memberCallback: zip_source_callback = { state, data, length, command in
  guard let state = unsafe state else { return -1 }
  let reference = unsafe Unmanaged<MemberSource>.fromOpaque(state)
  switch command {
  case ZIP_SOURCE_OPEN:
    unsafe reference.takeUnretainedValue().rewind()
    return 0
  case ZIP_SOURCE_READ:
    let target = unsafe UnsafeMutableRawBufferPointer(start: data, count: Int(length))
    return unsafe zip_int64_t(reference.takeUnretainedValue().read(into: target))
  case ZIP_SOURCE_CLOSE: return 0
  case ZIP_SOURCE_STAT:
    guard let data = unsafe data, unsafe length >= MemoryLayout<zip_stat_t>.size else { return -1 }
    let stat = unsafe data.assumingMemoryBound(to: zip_stat_t.self)
    unsafe zip_stat_init(stat)
    unsafe stat.pointee.size = zip_uint64_t(reference.takeUnretainedValue().byteCount)
    unsafe stat.pointee.valid = zip_uint64_t(ZIP_STAT_SIZE)
    return unsafe zip_int64_t(MemoryLayout<zip_stat_t>.size)
  case ZIP_SOURCE_ERROR:
    // No command of ours fails: two zeros say so.
    guard let data = unsafe data, length >= 8 else { return -1 }
    unsafe data.storeBytes(of: 0, as: Int64.self)
    return 8
  case ZIP_SOURCE_FREE:
    unsafe reference.release()
    return 0
  case ZIP_SOURCE_SUPPORTS:
    return [
      ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
      ZIP_SOURCE_SUPPORTS,
    ].reduce(0) { $0 | 1 << zip_int64_t($1.rawValue) }
  default: return -1
  }
}
