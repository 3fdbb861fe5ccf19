/// The element types of the safetensors format. Names are the format's own.
package enum TensorType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6E2M3 = "F6_E2M3"
  case float6E3M2 = "F6_E3M2"
  case uint8 = "U8"
  case int8 = "I8"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bits an element takes; below 8 for the packed types.
  package var bitCount: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// Bytes that elements of this type take; nil on overflow or where they do not fill whole bytes.
  package func byteCount(of shape: [Int]) -> Int? {
    guard let bits = checkedProduct(shape + [bitCount]), bits % 8 == 0 else { return nil }
    return bits / 8
  }
}

/// What a file's header says about one tensor, checked against the file.
package struct TensorInfo: Sendable, Equatable {
  package var name: String
  package var type: TensorType
  /// Sizes, slowest dimension first; row-major.
  package var shape: [Int]
  /// Where the elements lie in the file.
  package var byteRange: Range<Int>

  package var elementCount: Int { shape.reduce(1, *) }
}
