/// What the patterns with a scanner of their own tell apart in a code point.
///
/// Letters, marks, numbers, punctuation and symbols are Oniguruma's (Unicode 16.0), spaces the 25 code points with
/// White_Space, and the numbers of the Digits stage Rust's (Unicode 17.0), so that a code point of 17.0 is one of the
/// latter alone.
enum CharacterKind: UInt8, CaseIterable {
  case other
  /// Lu, Lt.
  case upper
  /// Ll.
  case lower
  /// Lm, Lo.
  case uncased
  /// Mn, Mc, Me.
  case mark
  case number
  /// A number for the Digits stage, and nothing for the patterns.
  case digitsNumber
  case space
  /// P, S.
  case punctuation
  // The same again for what DeepSeek's pattern cuts out first: U+3040 to 30FF, U+4E00 to 9FA5.
  case ideographLetter, ideographMark, ideographPunctuation, ideographOther

  init(_ scalar: Unicode.Scalar) {
    let properties = scalar.properties
    let isIdeograph = (0x3040...0x30FF).contains(scalar.value) || (0x4E00...0x9FA5).contains(scalar.value)
    guard properties.age.map({ $0.major <= 16 }) ?? false else {
      switch properties.generalCategory {
      case .decimalNumber, .letterNumber, .otherNumber: self = .digitsNumber
      default: self = isIdeograph ? .ideographOther : .other
      }
      return
    }
    switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: self = .upper
    case .lowercaseLetter: self = .lower
    case .modifierLetter, .otherLetter: self = isIdeograph ? .ideographLetter : .uncased
    case .nonspacingMark, .spacingMark, .enclosingMark: self = isIdeograph ? .ideographMark : .mark
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      self = isIdeograph ? .ideographPunctuation : .punctuation
    default: self = properties.isWhitespace ? .space : isIdeograph ? .ideographOther : .other
    }
  }
}

/// The kind of every code point, as a two-stage table.
struct CharacterKindTable: Sendable {
  /// The one of this process, made at first use.
  static let shared = CharacterKindTable()

  static let blockBits = 8
  private static let blockSize = 1 << blockBits

  /// Where in `kinds` each block of 256 code points begins, over 256.
  let blocks: [UInt16]
  let kinds: [UInt8]

  subscript(_ code: UInt32) -> CharacterKind {
    let place = Int(blocks[Int(code >> UInt32(Self.blockBits))]) << Self.blockBits | Int(code & 0xFF)
    return CharacterKind(rawValue: kinds[place]) ?? .other
  }

  private init() {
    var blocks: [UInt16] = []
    var kinds: [UInt8] = []
    var numbers: [[UInt8]: UInt16] = [:]
    for block in 0..<(0x110000 >> Self.blockBits) {
      let content = Self.content(of: block)
      if let number = numbers[content] {
        blocks.append(number)
      } else {
        let number = UInt16(kinds.count >> Self.blockBits)
        numbers[content] = number
        blocks.append(number)
        kinds += content
      }
    }
    self.blocks = blocks
    self.kinds = kinds
  }

  private static func content(of block: Int) -> [UInt8] {
    let first = UInt32(block << blockBits)
    let last = first | UInt32(blockSize - 1)
    if let kind = uniform(first...last) { return [UInt8](repeating: kind.rawValue, count: blockSize) }
    return (first...last).map { code in
      Unicode.Scalar(code).map { CharacterKind($0).rawValue } ?? CharacterKind.other.rawValue
    }
  }

  /// The kind of large ranges of which every code point is the same, so that they need not be asked one by one.
  private static func uniform(_ range: ClosedRange<UInt32>) -> CharacterKind? {
    func isWithin(_ other: ClosedRange<UInt32>) -> Bool {
      other.contains(range.lowerBound) && other.contains(range.upperBound)
    }
    if isWithin(0x4E00...0x9FA5) { return .ideographLetter }
    if isWithin(0x3400...0x4DBF) || isWithin(0xAC00...0xD7A3) || isWithin(0x20000...0x2A6DF) {
      return .uncased
    }
    // Surrogates and private use; planes 4 to 13 are empty, 14 and beyond have marks in U+E01xx alone.
    if isWithin(0xD800...0xF8FF) || isWithin(0x40000...0xE00FF) || isWithin(0xE0200...0x10FFFF) {
      return .other
    }
    return nil
  }
}
