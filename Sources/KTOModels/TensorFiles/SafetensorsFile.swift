internal import KTOCore
internal import KTOKernels

/// A safetensors file, mapped read-only, its whole header checked before any tensor is read.
///
/// Layout: the header's byte count (u64, little-endian), the header as JSON, the tensors' bytes without gaps.
/// Source: the format description in huggingface/safetensors.
///
/// `@unchecked Sendable`: the mapping is read-only and lives as long as the instance; all else is immutable.
package final class SafetensorsFile: @unchecked Sendable {
  /// A larger header is refused, as by the format's own library.
  package static let headerByteLimit = 100_000_000

  package let path: String
  /// Tensors in the order of their bytes.
  package let tensors: [TensorInfo]
  /// The text pairs under `__metadata__`.
  package let metadata: [String: String]
  private let file: MappedFile
  private let positions: [String: Int]

  /// - Throws: `FileError`, `TensorFileError`.
  package init(path: String) throws {
    let file = try MappedFile(path: path)
    let header = try unsafe file.withBytes { bytes in try unsafe SafetensorsHeader(path: path, bytes: bytes) }
    self.path = path
    tensors = header.tensors
    metadata = header.metadata
    positions = header.positions
    self.file = file
  }

  /// What the header says about a tensor.
  /// - Throws: `TensorFileError` with `.missingTensor`.
  package func info(_ name: String) throws -> TensorInfo {
    guard let position = positions[name] else { throw TensorFileError(path, .missingTensor(name)) }
    return tensors[position]
  }

  /// Lends the tensor's bytes as they lie in the file, little-endian and of any alignment.
  package func withBytes<R>(of name: String, _ body: (RawSpan) throws -> R) throws -> R {
    let range = try info(name).byteRange
    return try unsafe file.withBytes { bytes in
      try unsafe body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range])))
    }
  }

  /// Decodes a tensor of type F32, F16 or BF16.
  ///
  /// - Parameter output: exactly as many elements as the tensor has.
  /// - Throws: `TensorFileError`: `.missingTensor`, `.unsupportedType`, `.wrongShape`.
  package func read(_ name: String, into output: inout MutableSpan<Float>) throws {
    let info = try info(name)
    guard output.count == info.elementCount else {
      throw TensorFileError(path, .wrongShape(tensor: name, expected: [output.count], found: info.shape))
    }
    try withBytes(of: name) { bytes in
      switch info.type {
      case .float32: decodeFloat32(bytes, into: &output)
      case .float16: decodeFloat16(bytes, into: &output)
      case .bfloat16: decodeBFloat16(bytes, into: &output)
      default: throw TensorFileError(path, .unsupportedType(tensor: name, type: info.type.rawValue))
      }
    }
  }
}

/// The header as checked values.
private struct SafetensorsHeader {
  var tensors: [TensorInfo] = []
  var metadata: [String: String] = [:]
  var positions: [String: Int] = [:]

  init(path: String, bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count >= 8 else {
      throw TensorFileError(path, .truncated(needed: 8, available: bytes.count))
    }
    let claimed = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard let count = Int(exactly: claimed), count <= SafetensorsFile.headerByteLimit else {
      throw TensorFileError(
        path, .headerTooLarge(byteCount: claimed, limit: SafetensorsFile.headerByteLimit))
    }
    let dataByteCount = bytes.count - 8 - count
    guard dataByteCount >= 0 else {
      throw TensorFileError(path, .truncated(needed: count, available: bytes.count - 8))
    }
    let text = unsafe [UInt8](bytes[8..<8 + count])
    guard text.first == UInt8(ascii: "{") else {
      throw TensorFileError(path, .notThisFormat(expected: "safetensors"))
    }
    let root: JSONNode
    do {
      var parser = JSONParser(maxDepth: 8)
      root = try parser.parse(text)
    } catch {
      throw TensorFileError(path, .invalidJSON(error))
    }
    for member in root.object?.members ?? [] {
      if member.key == "__metadata__" {
        metadata = try Self.metadata(member.node, path)
      } else {
        tensors.append(try Self.tensor(member, path, dataStart: 8 + count, dataByteCount: dataByteCount))
      }
    }
    // Tensors without elements share their start with the next; the shorter range comes first.
    tensors.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    var end = 8 + count
    for (position, tensor) in tensors.enumerated() {
      guard tensor.byteRange.lowerBound == end else {
        throw TensorFileError(path, .notContiguous(tensor: tensor.name))
      }
      end = tensor.byteRange.upperBound
      guard positions.updateValue(position, forKey: tensor.name) == nil else {
        throw TensorFileError(path, .duplicateTensor(tensor.name))
      }
    }
    guard end == bytes.count else {
      throw TensorFileError(path, .outOfRange("the end of the last tensor"))
    }
  }

  private static func metadata(_ node: JSONNode, _ path: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    guard let object = node.object else { throw TensorFileError(path, .invalidField("__metadata__")) }
    for member in object.members {
      guard let text = member.node.string else {
        throw TensorFileError(path, .invalidField("__metadata__.\(member.key)"))
      }
      pairs[member.key] = text
    }
    return pairs
  }

  private static func tensor(
    _ member: JSONObject.Member, _ path: String, dataStart: Int, dataByteCount: Int
  ) throws -> TensorInfo {
    let name = member.key
    guard let fields = member.node.object, fields.members.count == 3 else {
      throw TensorFileError(path, .invalidField(name))
    }
    guard let typeName = fields["dtype"]?.string else {
      throw TensorFileError(path, .invalidField("\(name).dtype"))
    }
    guard let type = TensorType(rawValue: typeName) else {
      throw TensorFileError(path, .unsupportedType(tensor: name, type: typeName))
    }
    guard let shape = integers(fields["shape"]), shape.count <= 64 else {
      throw TensorFileError(path, .invalidField("\(name).shape"))
    }
    guard let offsets = integers(fields["data_offsets"]), offsets.count == 2 else {
      throw TensorFileError(path, .invalidField("\(name).data_offsets"))
    }
    guard offsets[0] <= offsets[1], offsets[1] <= dataByteCount else {
      throw TensorFileError(path, .outOfRange("\(name).data_offsets"))
    }
    guard let expected = type.byteCount(of: shape) else {
      throw TensorFileError(path, .outOfRange("\(name).shape"))
    }
    guard expected == offsets[1] - offsets[0] else {
      throw TensorFileError(
        path, .wrongByteCount(tensor: name, expected: expected, found: offsets[1] - offsets[0]))
    }
    let range = dataStart + offsets[0]..<dataStart + offsets[1]
    return TensorInfo(name: name, type: type, shape: shape, byteRange: range)
  }

  /// The non-negative integers of an array; nil where it is anything else.
  private static func integers(_ node: JSONNode?) -> [Int]? {
    guard let items = node?.array else { return nil }
    var numbers: [Int] = []
    for item in items {
      guard let number = item.int, number >= 0 else { return nil }
      numbers.append(number)
    }
    return numbers
  }
}
