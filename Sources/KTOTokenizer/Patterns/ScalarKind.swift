/// The kinds of scalars that stages look for, each as the library that the reference uses for it defines it.
enum ScalarKind: Sendable, Equatable {
  /// Rust's `char::is_whitespace`: White_Space.
  case whitespace
  /// Rust's `char::is_numeric`: general category N, of Unicode 17.0.
  case number
  /// ASCII punctuation and symbols, and the other scalars of general category P, of Unicode 8.0.
  case punctuation
  /// This scalar.
  case one(Unicode.Scalar)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .one(let other): return scalar == other
    case .whitespace: return isWhiteSpace(scalar)
    case .number:
      let kind = CharacterKindTable.shared[scalar.value]
      return kind == .number || kind == .digitsNumber
    case .punctuation:
      if scalar.value < 0x80 { return isASCIIPunctuation(scalar.value) }
      let properties = scalar.properties
      guard let age = properties.age, age.major <= 8 else { return false }
      switch properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation:
        return true
      // The two that were punctuation then.
      default: return scalar == "\u{166D}" || scalar == "\u{111C9}"
      }
    }
  }

  private func isASCIIPunctuation(_ value: UInt32) -> Bool {
    (0x21...0x2F).contains(value) || (0x3A...0x40).contains(value) || (0x5B...0x60).contains(value)
      || (0x7B...0x7E).contains(value)
  }
}

/// `\w` of Rust's regular expressions: Alphabetic, marks, decimal numbers, connector punctuation and join controls
/// (UTS 18), of Unicode 16.0.
func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value < 0x80 {
    return (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value & ~0x20)
      || scalar == "_"
  }
  let properties = scalar.properties
  guard let age = properties.age, age.major <= 16 else { return false }
  if properties.isAlphabetic || properties.isJoinControl { return true }
  switch properties.generalCategory {
  case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
  default: return false
  }
}
