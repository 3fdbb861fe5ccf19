/// GPT-2's mapping of each byte to a printable character, in which byte-level vocabularies are written.
///
/// Printable ASCII and Latin-1 stand for themselves; the other 68 bytes take the code points from 256 on, in
/// order. Source: GPT-2's encoder.
enum ByteLevelAlphabet {
  /// The character of every byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 256
    return (0..<256).map { byte in
      if isPrintable(byte), let scalar = Unicode.Scalar(UInt32(byte)) { return scalar }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? " "
    }
  }()

  /// The byte of each code point below 324; -1 where there is none.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 324)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = Int16(byte) }
    return table
  }()

  private static func isPrintable(_ byte: Int) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }

  /// The UTF-8 of each byte's character: the first byte below, the second above, if there is one.
  private static let encoded: [UInt16] = scalars.map { scalar in
    scalar.value < 0x80
      ? UInt16(scalar.value)
      : UInt16(0xC0 | scalar.value >> 6) | UInt16(0x80 | scalar.value & 0x3F) << 8
  }

  /// Writes bytes as a token is written that stands for them; answers how many bytes that takes.
  ///
  /// - Parameter token: room for twice as many.
  static func encode(_ bytes: UnsafeBufferPointer<UInt8>, into token: UnsafeMutablePointer<UInt8>) -> Int {
    unsafe encoded.withUnsafeBufferPointer { encoded in
      var count = 0
      for index in 0..<bytes.count {
        let character = unsafe encoded[Int(bytes[index])]
        unsafe token[count] = UInt8(truncatingIfNeeded: character)
        unsafe token[count &+ 1] = UInt8(truncatingIfNeeded: character >> 8)
        count &+= character > 0xFF ? 2 : 1
      }
      return count
    }
  }

  /// The bytes that a token of the vocabulary stands for; nil where one of its characters is none of the 256.
  static func decode(_ token: String) -> [UInt8]? { decode(Array(token.utf8)[...]) }

  /// As `decode` of a string, for the token's UTF-8.
  static func decode(_ token: ArraySlice<UInt8>) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(token.count)
    var index = token.startIndex
    while index < token.endIndex {
      var code = Int(token[index])
      index += 1
      if code >= 0x80 {
        // All 256 characters have one or two bytes.
        guard code & 0xE0 == 0xC0, index < token.endIndex else { return nil }
        code = (code & 0x1F) << 6 | Int(token[index]) & 0x3F
        index += 1
      }
      guard code < 324, bytes[code] >= 0 else { return nil }
      decoded.append(UInt8(bytes[code]))
    }
    return decoded
  }
}
