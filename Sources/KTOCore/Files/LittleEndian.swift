extension [UInt8] {
  /// Adds an integer's bytes, the lowest first.
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Adds integers' bytes, the lowest of each first.
  package mutating func append(littleEndian values: [UInt32]) {
    #if _endian(little)
      unsafe values.withUnsafeBytes { unsafe append(contentsOf: $0) }
    #else
      for value in values { append(littleEndian: value) }
    #endif
  }
}
