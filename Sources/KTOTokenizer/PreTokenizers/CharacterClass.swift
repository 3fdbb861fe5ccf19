/// The classes of code points that pre-tokenizer patterns tell apart, as a two-stage table of bytes.
///
/// The patterns' letters, numbers and spaces are Oniguruma's (Unicode 16.0: general categories L and N, and
/// White_Space), the Digits stage's numbers Rust's (Unicode 17.0), so a code point of 17.0 is one but not the other.
struct CharacterClass: Sendable {
  static let letter: UInt8 = 0
  static let number: UInt8 = 1
  static let space: UInt8 = 2
  static let other: UInt8 = 3
  /// Added to the pattern's class where the Digits stage sees a number.
  static let digitFlag: UInt8 = 4

  /// The table of this process, built at first use.
  static let table = CharacterClass()

  private let blockOf: [UInt8]
  private let classes: [UInt8]

  private init() {
    var blockOf: [UInt8] = []
    var classes: [UInt8] = []
    // Planes 4 to 16 have no letters, numbers or spaces: one block of `other` serves for all.
    for block in 0..<0x400 {
      var content: [UInt8] = []
      content.reserveCapacity(256)
      for low in 0..<256 {
        content.append(Unicode.Scalar(UInt32(block << 8 | low)).map(Self.classify) ?? Self.other)
      }
      if let index = Self.index(of: content, in: classes) {
        blockOf.append(UInt8(index))
      } else {
        blockOf.append(UInt8(classes.count / 256))
        classes += content
      }
    }
    self.blockOf = blockOf
    self.classes = classes
  }

  private static func index(of block: [UInt8], in classes: [UInt8]) -> Int? {
    for start in stride(from: 0, to: classes.count, by: 256) where classes[start] == block[0] {
      if classes[start..<start + 256].elementsEqual(block) { return start / 256 }
    }
    return nil
  }

  private static func classify(_ scalar: Unicode.Scalar) -> UInt8 {
    let properties = scalar.properties
    let isKnownToPatterns = (properties.age?.major ?? .max) <= 16
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return isKnownToPatterns ? letter : other
    case .decimalNumber, .letterNumber, .otherNumber:
      return (isKnownToPatterns ? number : other) | digitFlag
    default: return properties.isWhitespace ? space : other
    }
  }

  /// The class of a code point, with `digitFlag` where it is a number for Digits. O(1).
  @inline(__always)
  subscript(_ codePoint: UInt32) -> UInt8 {
    guard codePoint < 0x40000 else { return Self.other }
    return classes[Int(blockOf[Int(codePoint >> 8)]) << 8 | Int(codePoint & 0xFF)]
  }

  /// The pattern's class of the code point that begins at `index` of valid UTF-8, and its length in bytes.
  @inline(__always)
  func at(_ index: Int, in text: Span<UInt8>) -> (class: UInt8, width: Int) {
    let (flags, width) = flags(index, in: text)
    return (flags & 3, width)
  }

  /// The class and flag of the code point that begins at `index` of valid UTF-8, and its length in bytes.
  @inline(__always)
  func flags(_ index: Int, in text: Span<UInt8>) -> (flags: UInt8, width: Int) {
    let first = UInt32(text[index])
    if first < 0x80 { return (classes[Int(blockOf[0]) << 8 | Int(first)], 1) }
    if first < 0xE0 { return (self[(first & 0x1F) << 6 | continuation(index + 1, text)], 2) }
    let second = continuation(index + 1, text)
    let third = continuation(index + 2, text)
    if first < 0xF0 { return (self[(first & 0x0F) << 12 | second << 6 | third], 3) }
    let last = continuation(index + 3, text)
    return (self[(first & 0x07) << 18 | second << 12 | third << 6 | last], 4)
  }

  @inline(__always)
  private func continuation(_ index: Int, _ text: Span<UInt8>) -> UInt32 { UInt32(text[index]) & 0x3F }
}
