/// An array of numpy's, row-major, of one of the element types this tool stores.
package struct NPYArray: Sendable, Equatable {
  package enum Values: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int32([Int32])
    case int64([Int64])
    case uint32([UInt32])
    case uint64([UInt64])
    case uint8([UInt8])
    case bool([Bool])
  }

  /// Sizes, slowest dimension first; empty for a scalar.
  package let shape: [Int]
  package let values: Values

  /// - Parameter shape: its product is the number of values; one dimension when nil.
  package init(_ values: Values, shape: [Int]? = nil) {
    let shape = shape ?? [values.count]
    precondition(checkedProduct(shape) == values.count, "the shape asks for another number of values")
    self.shape = shape
    self.values = values
  }

  /// A text as its UTF-8 bytes.
  package init(text: String) { self.init(.uint8(Array(text.utf8))) }

  /// The numbers, when they are float32.
  package var float32: [Float]? { if case .float32(let values) = values { values } else { nil } }
  /// The numbers, when they are int64.
  package var int64: [Int64]? { if case .int64(let values) = values { values } else { nil } }
  /// The numbers, when they are uint64.
  package var uint64: [UInt64]? { if case .uint64(let values) = values { values } else { nil } }
  /// The bytes, when they are uint8.
  package var uint8: [UInt8]? { if case .uint8(let values) = values { values } else { nil } }
  /// The text, when the values are bytes that are valid UTF-8.
  package var text: String? { uint8.flatMap { String(validating: $0, as: UTF8.self) } }
}

extension NPYArray.Values {
  package var count: Int {
    switch self {
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .uint32(let values): values.count
    case .uint64(let values): values.count
    case .uint8(let values): values.count
    case .bool(let values): values.count
    }
  }

  /// numpy's name of the element type, little-endian.
  package var descriptor: String {
    switch self {
    case .float32: "<f4"
    case .float64: "<f8"
    case .int32: "<i4"
    case .int64: "<i8"
    case .uint32: "<u4"
    case .uint64: "<u8"
    case .uint8: "|u1"
    case .bool: "|b1"
    }
  }

  /// Lends the values as bytes, valid only during the call.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch self {
    case .float32(let values): try unsafe values.withUnsafeBytes(body)
    case .float64(let values): try unsafe values.withUnsafeBytes(body)
    case .int32(let values): try unsafe values.withUnsafeBytes(body)
    case .int64(let values): try unsafe values.withUnsafeBytes(body)
    case .uint32(let values): try unsafe values.withUnsafeBytes(body)
    case .uint64(let values): try unsafe values.withUnsafeBytes(body)
    case .uint8(let values): try unsafe values.withUnsafeBytes(body)
    case .bool(let values): try unsafe values.withUnsafeBytes(body)
    }
  }
}
