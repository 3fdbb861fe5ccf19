/// Reads little-endian values from front to back, never past the end.
///
/// Borrows the bytes, which the file's mapping owns; it does not outlive the call it is made in.
@safe struct GGUFCursor {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  /// Arrays may nest this deep.
  static let depthLimit = 4

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  private var available: Int { unsafe bytes.count - offset }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(TensorFileError.Reason) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= available else { throw .truncated(needed: size, available: available) }
    defer { offset += size }
    return unsafe Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// A count of things that take at least `byteCount` bytes each, so that a lie is found before memory is taken.
  mutating func count(ofAtLeast byteCount: Int, _ what: String) throws(TensorFileError.Reason) -> Int {
    let claimed = try number(UInt64.self)
    guard let count = Int(exactly: claimed), count <= available / byteCount else { throw .outOfRange(what) }
    return count
  }

  mutating func string(_ what: String) throws(TensorFileError.Reason) -> String {
    let count = try count(ofAtLeast: 1, "the length of \(what)")
    let slice = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    guard let text = unsafe String(validating: slice, as: UTF8.self) else { throw .invalidField(what) }
    offset += count
    return text
  }

  mutating func valueType(_ key: String) throws(TensorFileError.Reason) -> GGUFValueType {
    let raw = try number(UInt32.self)
    guard let type = GGUFValueType(rawValue: raw) else {
      throw .unsupportedType(tensor: key, type: "metadata type \(raw)")
    }
    return type
  }

  mutating func value(
    _ type: GGUFValueType, key: String, depth: Int = 0
  ) throws(TensorFileError.Reason) -> GGUFValue {
    switch type {
    case .uint8: return .unsigned(UInt64(try number(UInt8.self)))
    case .uint16: return .unsigned(UInt64(try number(UInt16.self)))
    case .uint32: return .unsigned(UInt64(try number(UInt32.self)))
    case .uint64: return .unsigned(try number(UInt64.self))
    case .int8: return .signed(Int64(try number(Int8.self)))
    case .int16: return .signed(Int64(try number(Int16.self)))
    case .int32: return .signed(Int64(try number(Int32.self)))
    case .int64: return .signed(try number(Int64.self))
    case .float32: return .float32(Float(bitPattern: try number(UInt32.self)))
    case .float64: return .float64(Double(bitPattern: try number(UInt64.self)))
    case .bool:
      let byte = try number(UInt8.self)
      guard byte <= 1 else { throw .invalidField(key) }
      return .bool(byte == 1)
    case .string: return .string(try string(key))
    case .array: return try array(key: key, depth: depth)
    }
  }

  private mutating func array(key: String, depth: Int) throws(TensorFileError.Reason) -> GGUFValue {
    guard depth < Self.depthLimit else { throw .outOfRange("the nesting of \(key)") }
    let type = try valueType(key)
    let count = try count(ofAtLeast: type.byteCount, "the length of \(key)")
    switch type {
    case .string:
      var texts: [String] = []
      texts.reserveCapacity(count)
      for _ in 0..<count { texts.append(try string(key)) }
      return .strings(texts)
    case .uint8, .uint16, .uint32, .int8, .int16, .int32, .int64:
      var numbers: [Int64] = []
      numbers.reserveCapacity(count)
      for _ in 0..<count {
        guard let number = try value(type, key: key).int else { throw .outOfRange(key) }
        numbers.append(Int64(number))
      }
      return .integers(numbers)
    default:
      var values: [GGUFValue] = []
      for _ in 0..<count { values.append(try value(type, key: key, depth: depth + 1)) }
      return .array(values)
    }
  }
}
