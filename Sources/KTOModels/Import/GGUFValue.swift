/// A metadata value of a GGUF file.
package enum GGUFValue: Sendable, Equatable {
  case unsigned(UInt64)
  case signed(Int64)
  case float32(Float)
  case float64(Double)
  case bool(Bool)
  case string(String)
  case array([GGUFValue])
  /// Arrays of strings and of integers, as compact as a vocabulary of a hundred thousand needs them.
  case strings([String])
  case integers([Int64])

  /// Any integer that fits.
  package var int: Int? {
    switch self {
    case .unsigned(let number): Int(exactly: number)
    case .signed(let number): Int(exactly: number)
    default: nil
    }
  }

  /// A float32 widened, or a float64.
  package var double: Double? {
    switch self {
    case .float32(let number): Double(number)
    case .float64(let number): number
    default: nil
    }
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var strings: [String]? { if case .strings(let texts) = self { texts } else { nil } }
  package var integers: [Int64]? { if case .integers(let numbers) = self { numbers } else { nil } }
}

/// The format's value types, by their numbers.
enum GGUFValueType: UInt32 {
  case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

  /// The fewest bytes a value takes.
  var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .string: 8
    case .array: 12
    }
  }
}
