/// The header of an .npy file: element type and shape.
///
/// Layout: `\x93NUMPY`, version (two bytes), header length (u16, from version 2.0 on u32), a Python dictionary literal.
/// Source: numpy's NEP 1. Only what stores plain numbers row-major and little-endian is accepted; objects, which
/// would be pickled code, are not.
struct NPYHeader: Equatable {
  var descriptor: String
  var shape: [Int]

  /// The magic, the version and the length of a version 1.0 header.
  static let prefixByteCount = 10
  /// A longer dictionary is refused: numpy itself refuses more than this to unpickled files.
  static let textByteLimit = 10_000

  /// The bytes of a version 1.0 header, padded so that data begins at a multiple of 64 bytes.
  var bytes: [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    // Python writes a tuple of one element with a comma, others without one at the end.
    let tuple = shape.count == 1 ? "(\(sizes))" : "(\(sizes.dropLast()))"
    var text = Array("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    while (Self.prefixByteCount + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
    text.append(UInt8(ascii: "\n"))
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }

  init(descriptor: String, shape: [Int]) {
    self.descriptor = descriptor
    self.shape = shape
  }

  /// The dictionary after the magic.
  /// - Throws: `TensorFileError.Reason.invalidField` with the key concerned.
  init(dictionary text: [UInt8]) throws(TensorFileError.Reason) {
    var scanner = Scanner(bytes: text)
    var descriptor: String?
    var shape: [Int]?
    var isFortranOrder: Bool?
    try scanner.expect("{")
    while !scanner.accept("}") {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try scanner.string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try scanner.flag()
      case "shape" where shape == nil: shape = try scanner.tuple()
      default: throw .invalidField(key)
      }
      if !scanner.accept(",") {
        try scanner.expect("}")
        break
      }
    }
    guard scanner.isAtEnd else { throw .invalidField("the end of the .npy header") }
    guard let descriptor else { throw .invalidField("descr") }
    guard let shape else { throw .invalidField("shape") }
    guard isFortranOrder == false else { throw .invalidField("fortran_order") }
    self.descriptor = descriptor
    self.shape = shape
  }

  /// Bytes an element takes; nil for a type that is not supported.
  var elementByteCount: Int? {
    switch descriptor {
    case "<f4", "<i4", "<u4": 4
    case "<f8", "<i8", "<u8": 8
    case "|u1", "|b1": 1
    default: nil
    }
  }
}

/// Reads the few Python literals that a header may hold.
private struct Scanner {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return index == bytes.count
    }
  }

  mutating func accept(_ token: StaticString) -> Bool {
    skipSpace()
    let count = token.utf8CodeUnitCount
    guard index + count <= bytes.count,
      String(decoding: bytes[index..<index + count], as: UTF8.self) == token.description
    else { return false }
    index += count
    return true
  }

  mutating func expect(_ token: StaticString) throws(TensorFileError.Reason) {
    if !accept(token) { throw .invalidField("\(token) in the .npy header") }
  }

  mutating func string() throws(TensorFileError.Reason) -> String {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\"") else {
      throw .invalidField("descr")
    }
    let quote = bytes[index]
    let start = index + 1
    guard let end = bytes[start...].firstIndex(of: quote), !bytes[start..<end].contains(UInt8(ascii: "\\"))
    else { throw .invalidField("a string of the .npy header") }
    index = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  mutating func flag() throws(TensorFileError.Reason) -> Bool {
    if accept("True") { return true }
    try expect("False")
    return false
  }

  mutating func tuple() throws(TensorFileError.Reason) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !accept(")") {
      skipSpace()
      let start = index
      while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
      guard let number = Int(String(decoding: bytes[start..<index], as: UTF8.self)), numbers.count < 64 else {
        throw .invalidField("shape")
      }
      // Files of Python 2 write long integers with an L.
      _ = accept("L")
      numbers.append(number)
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x09 {
      index += 1
    }
  }
}
