/// How a scalar counts where texts are compared: what it becomes, and whether it is of a word.
struct ScalarForm: Sendable {
  enum Kind: UInt8, Sendable {
    /// Punctuation, symbols and the like: ends a word, and counts in the normalised text.
    case mark
    /// Letters, marks on letters, and numbers.
    case word
    /// A letter of a script that is written without blanks: begins a word of its own.
    case wordStart
    case space
    /// Invisible: dropped.
    case ignored
  }

  var kind: Kind
  /// The scalar in small letters, with plain quotation marks and dashes; nil where it becomes several.
  var lowered: UInt32?
}

/// The forms of scalars; those of the first plane in a table of 320 KiB that is made at first use.
struct ScalarForms: Sendable {
  static let shared = ScalarForms()

  private let kinds: [UInt8]
  private let lowered: [UInt32]
  private static let several: UInt32 = .max

  private init() {
    var kinds = [UInt8](repeating: 0, count: 0x10000)
    var lowered = [UInt32](repeating: 0, count: 0x10000)
    for code in UInt32(0)..<0x10000 {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let form = Self.computed(scalar)
      kinds[Int(code)] = form.kind.rawValue
      lowered[Int(code)] = form.lowered ?? Self.several
    }
    self.kinds = kinds
    self.lowered = lowered
  }

  @inline(__always)
  subscript(_ scalar: Unicode.Scalar) -> ScalarForm {
    guard scalar.value < 0x10000 else { return Self.computed(scalar) }
    let index = Int(scalar.value)
    let lowered = lowered[index]
    return ScalarForm(
      kind: ScalarForm.Kind(rawValue: kinds[index]) ?? .mark, lowered: lowered == Self.several ? nil : lowered
    )
  }

  private static func computed(_ scalar: Unicode.Scalar) -> ScalarForm {
    let mapping = scalar.properties.lowercaseMapping.unicodeScalars
    let plain = plainMarks[scalar]?.value
    let lowered = plain ?? (mapping.count == 1 ? mapping.first?.value : nil)
    return ScalarForm(kind: kind(of: scalar), lowered: lowered)
  }

  private static func kind(of scalar: Unicode.Scalar) -> ScalarForm.Kind {
    let properties = scalar.properties
    if properties.isWhitespace || (0x1C...0x1F).contains(scalar.value) { return .space }
    if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format { return .ignored }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .decimalNumber, .letterNumber,
      .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
      return .word
    case .otherLetter: return isWithoutBlanks(scalar.value) ? .wordStart : .word
    default: return .mark
    }
  }

  /// Thai, Lao, Burmese, Khmer, kana and Chinese characters.
  private static func isWithoutBlanks(_ code: UInt32) -> Bool {
    switch code {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// What keyboards have for marks of typesetters.
  private static let plainMarks: [Unicode.Scalar: Unicode.Scalar] = {
    var marks: [Unicode.Scalar: Unicode.Scalar] = [:]
    for scalar in "‘’‚‛′`´".unicodeScalars { marks[scalar] = "'" }
    for scalar in "“”„‟«»「」『』".unicodeScalars { marks[scalar] = "\"" }
    for scalar in "‐‑‒–—―−".unicodeScalars { marks[scalar] = "-" }
    for scalar in "。｡".unicodeScalars { marks[scalar] = "." }
    for scalar in "、､".unicodeScalars { marks[scalar] = "," }
    return marks
  }()
}
