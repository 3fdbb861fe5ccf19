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
}

/// The kind of every code point.
struct CharacterKindTable: Sendable {
  /// The one of this process, made at first use of `characterKindRuns`.
  static let shared = CharacterKindTable()

  /// Raw values, by code point.
  let kinds: [UInt8]

  subscript(_ code: UInt32) -> CharacterKind { CharacterKind(rawValue: kinds[Int(code)]) ?? .other }

  private init() {
    kinds = unsafe [UInt8](unsafeUninitializedCapacity: 0x110000) { kinds, count in
      var length = 0
      for byte in characterKindRuns.utf8 {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): length = length * 10 + Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
          let run = min(length, kinds.count - count)
          unsafe (kinds.baseAddress.unsafelyUnwrapped + count)
            .initialize(repeating: byte - UInt8(ascii: "a"), count: run)
          count += run
          length = 0
        default: continue
        }
      }
      for place in count..<kinds.count { unsafe kinds.initializeElement(at: place, to: 0) }
      count = kinds.count
    }
  }
}
