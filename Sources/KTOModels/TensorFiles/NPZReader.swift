internal import CLibZip
internal import KTOCore

/// Reads arrays from an .npz archive without trusting it: sizes are checked before memory is taken, nothing is unpickled.
///
/// Owns libzip's archive and frees it.
@safe package struct NPZReader: ~Copyable {
  /// Names without `.npy`, in the order of the archive.
  package let names: [String]
  private let path: String
  private let archive: OpaquePointer
  private let indices: [String: Int]
  private let byteCounts: [Int]

  /// Opens an archive and checks its directory; no array is read.
  ///
  /// - Parameter byteLimit: what all the arrays may take together, uncompressed.
  /// - Throws: `FileError`, `TensorFileError`.
  package init(path: String, byteLimit: Int = 8 << 30) throws {
    let archive = try unsafe openArchive(path)
    do {
      let directory = try unsafe Directory(archive, path: path, byteLimit: byteLimit)
      names = directory.names
      byteCounts = directory.byteCounts
    } catch {
      unsafe zip_discard(archive)
      throw error
    }
    self.path = path
    unsafe self.archive = archive
    indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
  }

  deinit { unsafe zip_discard(archive) }

  package func contains(_ name: String) -> Bool { indices[name] != nil }

  /// Reads an array.
  ///
  /// - Throws: `TensorFileError`: `.missingTensor`, or what is wrong with the member.
  /// - Complexity: O(bytes).
  package func read(_ name: String) throws -> NPYArray {
    guard let index = indices[name] else { throw TensorFileError(path, .missingTensor(name)) }
    guard let file = unsafe zip_fopen_index(archive, zip_uint64_t(index), 0) else {
      throw unsafe TensorFileError(path, .archive("\(name): \(String(cString: zip_strerror(archive)))"))
    }
    defer { unsafe zip_fclose(file) }
    var member = unsafe MemberReader(file: file, byteCount: byteCounts[index])
    do { return try member.array(named: name) } catch { throw TensorFileError(path, error) }
  }
}

private func openArchive(_ path: String) throws -> OpaquePointer {
  // libzip's words for a missing file name no path, and a folder is no archive: let ours say so.
  _ = try FileByteSource(path: path)
  var code: Int32 = 0
  guard let archive = unsafe zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code) else {
    if code == ZIP_ER_NOZIP { throw TensorFileError(path, .notThisFormat(expected: "npz")) }
    throw TensorFileError(path, .archive(zipErrorText(code)))
  }
  return unsafe archive
}

/// What the archive's directory says, checked.
private struct Directory {
  var names: [String] = []
  var byteCounts: [Int] = []

  init(_ archive: OpaquePointer, path: String, byteLimit: Int) throws {
    let count = unsafe zip_get_num_entries(archive, 0)
    guard count >= 0, count <= 1 << 20 else { throw TensorFileError(path, .outOfRange("the member count")) }
    var seen: Set<String> = []
    var total = 0
    for index in 0..<zip_uint64_t(count) {
      var stat = unsafe zip_stat_t()
      guard unsafe zip_stat_index(archive, index, 0, &stat) == 0, let text = unsafe stat.name,
        unsafe stat.valid & zip_uint64_t(ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE) != 0
      else { throw TensorFileError(path, .archive("member \(index) has no directory entry")) }
      let fileName = unsafe String(cString: text)
      guard fileName.hasSuffix(".npy") else { throw TensorFileError(path, .invalidField(fileName)) }
      let name = String(fileName.dropLast(4))
      guard seen.insert(name).inserted else { throw TensorFileError(path, .duplicateTensor(name)) }
      let method = unsafe Int32(stat.comp_method)
      guard method == ZIP_CM_STORE || method == ZIP_CM_DEFLATE, unsafe stat.encryption_method == 0 else {
        throw TensorFileError(path, .unsupportedType(tensor: name, type: "zip method \(method)"))
      }
      // Deflate gains at most 1032 to 1, so a larger claim is a lie.
      guard let size = unsafe Int(exactly: stat.size), let packed = unsafe Int(exactly: stat.comp_size),
        size <= byteLimit - total, method == ZIP_CM_STORE ? size == packed : size / 1032 <= packed
      else { throw TensorFileError(path, .outOfRange("the size of \(name)")) }
      total += size
      names.append(name)
      byteCounts.append(size)
    }
  }
}

/// Reads one member from front to back. Borrows libzip's file for the length of the read.
@safe private struct MemberReader {
  let file: OpaquePointer
  /// Bytes not yet read, as the directory says.
  var byteCount: Int

  init(file: OpaquePointer, byteCount: Int) {
    unsafe self.file = file
    self.byteCount = byteCount
  }

  mutating func array(named name: String) throws(TensorFileError.Reason) -> NPYArray {
    let prefix = try bytes(8)
    guard prefix.starts(with: [0x93] + Array("NUMPY".utf8)) else { throw .notThisFormat(expected: "npy") }
    guard (1...3).contains(prefix[6]), prefix[7] == 0 else {
      throw .unsupportedVersion("\(prefix[6]).\(prefix[7])")
    }
    var length = 0
    for byte in try bytes(prefix[6] == 1 ? 2 : 4).reversed() { length = length << 8 | Int(byte) }
    guard length <= NPYHeader.textByteLimit else {
      throw .headerTooLarge(byteCount: UInt64(length), limit: NPYHeader.textByteLimit)
    }
    let header = try NPYHeader(dictionary: bytes(length))
    guard let elementByteCount = header.elementByteCount else {
      throw .unsupportedType(tensor: name, type: header.descriptor)
    }
    guard let expected = checkedProduct(header.shape + [elementByteCount]) else {
      throw .outOfRange("\(name).shape")
    }
    guard expected == byteCount else {
      throw .wrongByteCount(tensor: name, expected: expected, found: byteCount)
    }
    let values: NPYArray.Values
    switch header.descriptor {
    case "<f4": values = .float32(try numbers(expected, zero: 0))
    case "<f8": values = .float64(try numbers(expected, zero: 0))
    case "<i4": values = .int32(try numbers(expected, zero: 0))
    case "<i8": values = .int64(try numbers(expected, zero: 0))
    case "<u4": values = .uint32(try numbers(expected, zero: 0))
    case "<u8": values = .uint64(try numbers(expected, zero: 0))
    case "|b1": values = .bool(try bytes(expected).map { $0 != 0 })
    default: values = .uint8(try bytes(expected))
    }
    try finish()
    return NPYArray(values, shape: header.shape)
  }

  private mutating func bytes(_ count: Int) throws(TensorFileError.Reason) -> [UInt8] {
    try numbers(count, zero: 0)
  }

  /// `count` bytes as numbers of a type of which every bit pattern is a value.
  private mutating func numbers<Number: BitwiseCopyable>(
    _ count: Int, zero: Number
  ) throws(TensorFileError.Reason) -> [Number] {
    guard count <= byteCount else { throw .truncated(needed: count, available: byteCount) }
    var result = [Number](repeating: zero, count: count / MemoryLayout<Number>.size)
    var filled = 0
    while filled < count {
      let got = unsafe result.withUnsafeMutableBytes { target in
        unsafe zip_fread(file, target.baseAddress.map { unsafe $0 + filled }, zip_uint64_t(count - filled))
      }
      guard got >= 0 else { throw failure() }
      guard got > 0 else { throw .truncated(needed: count, available: filled) }
      filled += Int(got)
    }
    byteCount -= count
    return result
  }

  /// Reads past the end, where libzip compares the checksum.
  private mutating func finish() throws(TensorFileError.Reason) {
    var byte: UInt8 = 0
    let got = unsafe zip_fread(file, &byte, 1)
    guard got >= 0 else { throw failure() }
    guard got == 0 else { throw .outOfRange("the member's size") }
  }

  private func failure() -> TensorFileError.Reason {
    unsafe .archive(String(cString: zip_file_strerror(file)))
  }
}

/// The version of the libzip that runs, such as `1.7.3`.
package func libraryZipVersion() -> String {
  unsafe zip_libzip_version().map { unsafe String(cString: $0) } ?? "unknown"
}
