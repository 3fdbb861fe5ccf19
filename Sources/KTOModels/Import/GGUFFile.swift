internal import KTOCore
package import KTOKernels

/// A GGUF file, mapped read-only, its header and every offset checked before a tensor is read.
///
/// Layout: magic, version, counts, metadata pairs, tensor descriptions, padding, tensors. Source: the GGUF specification
/// in ggml-org/ggml; versions 2 and 3 are the same for little-endian files.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as the instance; all else is immutable.
package final class GGUFFile: @unchecked Sendable {
  /// A tensor's description, checked against the file.
  package struct Tensor: Sendable, Equatable {
    package var name: String
    package var format: BlockFormat
    /// Sizes, slowest dimension first; row-major. The file lists them the other way round.
    package var shape: [Int]
    package var byteRange: Range<Int>

    package var elementCount: Int { shape.reduce(1, *) }
  }

  /// Metadata and descriptions must end before this byte: values take more memory than their bytes in the file.
  package static let headerByteLimit = 128 << 20

  package let path: String
  package let metadata: [String: GGUFValue]
  /// In the order of the file.
  package let tensors: [Tensor]
  private let file: MappedFile

  /// - Throws: `FileError`, `TensorFileError`.
  package init(path: String) throws {
    let file = try MappedFile(path: path)
    let header: GGUFHeader
    do throws(TensorFileError.Reason) {
      header = try file.readHeader()
    } catch {
      throw TensorFileError(path, error)
    }
    self.path = path
    metadata = header.metadata
    tensors = header.tensors
    self.file = file
  }

  /// Decodes some of a tensor's numbers.
  ///
  /// - Parameters:
  ///   - tensor: one of `tensors`.
  ///   - first: the first number, at a block's beginning.
  ///   - output: as many numbers as are wanted; a whole number of blocks.
  package func read(_ tensor: Tensor, from first: Int = 0, into output: inout MutableSpan<Float>) {
    let format = tensor.format
    precondition(first % format.elementsPerBlock == 0 && first + output.count <= tensor.elementCount)
    let start = tensor.byteRange.lowerBound + first / format.elementsPerBlock * format.bytesPerBlock
    let range = start..<start + output.count / format.elementsPerBlock * format.bytesPerBlock
    unsafe file.withBytes { bytes in
      unsafe format.decode(
        RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range])), into: &output)
    }
  }
}

extension MappedFile {
  fileprivate borrowing func readHeader() throws(TensorFileError.Reason) -> GGUFHeader {
    let result: Result<GGUFHeader, TensorFileError.Reason> = unsafe withBytes { bytes in
      do throws(TensorFileError.Reason) {
        return .success(try unsafe GGUFHeader(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

private struct GGUFHeader {
  var metadata: [String: GGUFValue] = [:]
  var tensors: [GGUFFile.Tensor] = []

  init(_ bytes: UnsafeRawBufferPointer) throws(TensorFileError.Reason) {
    var cursor = unsafe GGUFCursor(
      UnsafeRawBufferPointer(rebasing: bytes.prefix(GGUFFile.headerByteLimit)))
    guard bytes.count >= 8, try cursor.number(UInt32.self) == 0x4655_4747 else {
      throw .notThisFormat(expected: "GGUF")
    }
    let version = try cursor.number(UInt32.self)
    if version.byteSwapped == 2 || version.byteSwapped == 3 {
      throw .unsupportedVersion("\(version.byteSwapped) (big-endian)")
    }
    guard version == 2 || version == 3 else { throw .unsupportedVersion("\(version)") }
    // A tensor's description takes at least 24 bytes, a pair at least 13.
    let tensorCount = try cursor.count(ofAtLeast: 24, "the tensor count")
    let pairCount = try cursor.count(ofAtLeast: 13, "the metadata count")
    for _ in 0..<pairCount {
      let key = try cursor.string("a metadata key")
      let value = try cursor.value(try cursor.valueType(key), key: key)
      guard metadata.updateValue(value, forKey: key) == nil else { throw .duplicateTensor(key) }
    }
    let alignment = try alignment()
    var placed: [(tensor: GGUFFile.Tensor, offset: Int)] = []
    for _ in 0..<tensorCount { placed.append(try Self.tensor(&cursor)) }
    let padding = (alignment - cursor.offset % alignment) % alignment
    let dataStart = cursor.offset + padding
    for (tensor, offset) in placed {
      let (start, overflow) = dataStart.addingReportingOverflow(offset)
      guard !overflow, offset % alignment == 0, start <= bytes.count,
        tensor.byteRange.count <= bytes.count - start
      else { throw .outOfRange("the offset of \(tensor.name)") }
      var tensor = tensor
      tensor.byteRange = start..<start + tensor.byteRange.count
      tensors.append(tensor)
    }
    try checkOverlaps()
  }

  private func alignment() throws(TensorFileError.Reason) -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard let alignment = value.int, (1...1 << 20).contains(alignment), alignment & (alignment - 1) == 0
    else {
      throw .outOfRange("general.alignment")
    }
    return alignment
  }

  /// One description; its byte range starts at 0 for now.
  private static func tensor(
    _ cursor: inout GGUFCursor
  ) throws(TensorFileError.Reason) -> (tensor: GGUFFile.Tensor, offset: Int) {
    let name = try cursor.string("a tensor name")
    let dimensionCount = try cursor.number(UInt32.self)
    guard dimensionCount <= 4 else { throw .outOfRange("the dimension count of \(name)") }
    var shape: [Int] = []
    for _ in 0..<dimensionCount {
      guard let size = Int(exactly: try cursor.number(UInt64.self)) else {
        throw .outOfRange("\(name).shape")
      }
      shape.insert(size, at: 0)
    }
    let raw = try cursor.number(UInt32.self)
    guard let format = BlockFormat(rawValue: raw) else {
      throw .unsupportedType(tensor: name, type: ggmlTypeName(raw))
    }
    guard let offset = Int(exactly: try cursor.number(UInt64.self)) else {
      throw .outOfRange("the offset of \(name)")
    }
    // A row is a whole number of blocks.
    guard let count = checkedProduct(shape), (shape.last ?? 1) % format.elementsPerBlock == 0,
      checkedProduct([count, 4]) != nil,
      let byteCount = checkedProduct([count / format.elementsPerBlock, format.bytesPerBlock])
    else { throw .outOfRange("\(name).shape") }
    return (GGUFFile.Tensor(name: name, format: format, shape: shape, byteRange: 0..<byteCount), offset)
  }

  private func checkOverlaps() throws(TensorFileError.Reason) {
    var names: Set<String> = []
    for tensor in tensors where !names.insert(tensor.name).inserted { throw .duplicateTensor(tensor.name) }
    var end = 0
    for tensor in tensors.sorted(by: { $0.byteRange.lowerBound < $1.byteRange.lowerBound }) {
      guard tensor.byteRange.isEmpty || tensor.byteRange.lowerBound >= end else {
        throw .notContiguous(tensor: tensor.name)
      }
      end = max(end, tensor.byteRange.upperBound)
    }
  }
}

/// ggml's name of a tensor type, for messages. Numbers not listed were never given or were withdrawn.
private func ggmlTypeName(_ raw: UInt32) -> String {
  let names: [UInt32: String] = [
    9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64",
    28: "F64",
    29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
  ]
  return names[raw] ?? "number \(raw)"
}
