internal import KTOCore

/// Writes GGUF files, version 3, with float32 tensors. Source: the specification in ggml's docs/gguf.md.
enum GGUFWriter {
  struct Tensor {
    var name: String
    /// Sizes, slowest dimension first; row-major.
    var shape: [Int]
    var values: [Float]
  }

  /// Where tensors begin is a multiple of this, the format's standard.
  private static let alignment = 32

  /// - Parameter metadata: strings, numbers and truth values, in the order of the file.
  /// - Throws: `FileError`; `TensorFileError` for a tensor whose values are not as many as its shape says.
  static func write(
    _ metadata: [(key: String, value: GGUFValue)], _ tensors: [Tensor], to path: String, force: Bool
  ) throws {
    var header = Array("GGUF".utf8)
    append(UInt32(3), to: &header)
    append(UInt64(tensors.count), to: &header)
    append(UInt64(metadata.count), to: &header)
    for (key, value) in metadata {
      append(key, to: &header)
      append(value, to: &header)
    }
    var offset = 0
    for tensor in tensors {
      guard checkedProduct(tensor.shape) == tensor.values.count else {
        throw TensorFileError(
          path, .wrongShape(tensor: tensor.name, expected: tensor.shape, found: [tensor.values.count]))
      }
      append(tensor.name, to: &header)
      append(UInt32(tensor.shape.count), to: &header)
      for size in tensor.shape.reversed() { append(UInt64(size), to: &header) }
      // F32.
      append(UInt32(0), to: &header)
      append(UInt64(offset), to: &header)
      offset = aligned(offset + 4 * tensor.values.count)
    }
    var file = try AtomicFile(path: path, force: force)
    try file.write(header)
    try file.write([UInt8](repeating: 0, count: aligned(header.count) - header.count))
    for tensor in tensors {
      try unsafe tensor.values.span.bytes.withUnsafeBytes { try unsafe file.write($0) }
      let count = 4 * tensor.values.count
      try file.write([UInt8](repeating: 0, count: aligned(count) - count))
    }
    try file.commit()
  }

  private static func aligned(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
    switch value {
    case .string(let text):
      append(GGUFValueType.string.rawValue, to: &bytes)
      append(text, to: &bytes)
    case .float32(let number):
      append(GGUFValueType.float32.rawValue, to: &bytes)
      append(number.bitPattern, to: &bytes)
    case .unsigned(let number):
      append(GGUFValueType.uint64.rawValue, to: &bytes)
      append(number, to: &bytes)
    case .bool(let flag):
      append(GGUFValueType.bool.rawValue, to: &bytes)
      bytes.append(flag ? 1 : 0)
    default: preconditionFailure("a metadata value of a kind that is not written")
    }
  }
}
