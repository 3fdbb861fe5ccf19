/// The kinds of scalars that stages look for, each as the library that the reference uses for it defines it.
enum ScalarKind: Sendable, Equatable {
  /// Rust's `char::is_whitespace`: White_Space.
  case whitespace
  /// Rust's `char::is_numeric`: general category N, of Unicode 17.0.
  case number
  /// ASCII punctuation and symbols, and the other scalars of general category P.
  case punctuation
  /// This scalar.
  case one(Unicode.Scalar)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .one(let other): return scalar == other
    case .whitespace: return scalar.properties.isWhitespace
    case .number: return CharacterClass.table[scalar.value] & CharacterClass.digitFlag != 0
    case .punctuation:
      if scalar.value < 0x80 { return isASCIIPunctuation(scalar.value) }
      switch scalar.properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation:
        return true
      default: return false
      }
    }
  }

  private func isASCIIPunctuation(_ value: UInt32) -> Bool {
    (0x21...0x2F).contains(value) || (0x3A...0x40).contains(value) || (0x5B...0x60).contains(value)
      || (0x7B...0x7E).contains(value)
  }
}

/// `\w` of Rust's regular expressions: Alphabetic, marks, decimal numbers, connector punctuation and join controls
/// (UTS 18).
func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
  let properties = scalar.properties
  if properties.isAlphabetic || properties.isJoinControl { return true }
  switch properties.generalCategory {
  case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
  default: return false
  }
}
