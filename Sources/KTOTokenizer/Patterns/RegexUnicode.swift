/// Brings the character properties of a pattern up to Unicode 16.0, the version the reference's Oniguruma has.
///
/// Debian's library knows those of 14.0. The general categories (`\p{L}`), `\p{Han}`, `\w` and `\d`, and their
/// negations, become classes to which the missing characters are added. Measured against the reference over all code
/// points; these still differ: `\b`, POSIX brackets, `\p{C}`, `\p{Cn}`, properties by their long names and scripts but
/// Han, and letters of 15.0 to 16.0 under `(?i)`; `\p{Mn}` and `\p{Mc}` on U+1171E, which changed.
enum RegexUnicode {
  /// The pattern with its properties as classes. Anything not understood stays as it is.
  static func rewritten(_ pattern: String) -> String {
    let text = Array(pattern.utf8)
    var output: [UInt8] = []
    var index = 0
    // How many brackets are open.
    var depth = 0
    while index < text.count {
      let end: Int
      if text[index] == UInt8(ascii: "\\"), index + 1 < text.count {
        let escape = Escape(text, at: index)
        end = escape.end
        if let rewritten = escape.rewritten(inClass: depth > 0) {
          output += Array(rewritten.utf8)
          index = end
          continue
        }
      } else if text[index] == UInt8(ascii: "[") {
        (end, depth) = bracket(text, index, depth)
      } else {
        if text[index] == UInt8(ascii: "]"), depth > 0 { depth -= 1 }
        end = index + 1
      }
      output += text[index..<end]
      index = end
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Where an opening bracket ends, with what belongs to it: a POSIX bracket as a whole, `^`, and a first `]`, which
  /// closes nothing.
  private static func bracket(_ text: [UInt8], _ start: Int, _ depth: Int) -> (end: Int, depth: Int) {
    var end = start + 1
    if depth > 0, end < text.count, text[end] == UInt8(ascii: ":"),
      let close = text[end...].firstIndex(of: UInt8(ascii: "]"))
    {
      return (close + 1, depth)
    }
    if end < text.count, text[end] == UInt8(ascii: "^") { end += 1 }
    if end < text.count, text[end] == UInt8(ascii: "]") { end += 1 }
    return (end, depth + 1)
  }

  /// A backslash with what belongs to it.
  private struct Escape {
    private(set) var end: Int
    /// What stands for the property in a class, where it is one.
    private var property: String?
    private var name = ""
    private var isNegated = false

    init(_ text: [UInt8], at start: Int) {
      end = start + 2
      switch text[start + 1] {
      case UInt8(ascii: "w"): (property, name) = (#"\w"#, "w")
      case UInt8(ascii: "W"): (property, name, isNegated) = (#"\w"#, "w", true)
      case UInt8(ascii: "d"): (property, name) = (#"\d"#, "Nd")
      case UInt8(ascii: "D"): (property, name, isNegated) = (#"\d"#, "Nd", true)
      case UInt8(ascii: "p"), UInt8(ascii: "P"):
        guard end < text.count, text[end] == UInt8(ascii: "{"),
          let close = text[end...].firstIndex(of: UInt8(ascii: "}"))
        else { return }
        isNegated = text[start + 1] == UInt8(ascii: "P")
        var inner = text[(end + 1)..<close]
        if inner.first == UInt8(ascii: "^") {
          isNegated.toggle()
          inner = inner.dropFirst()
        }
        name = String(decoding: inner, as: UTF8.self)
        property = "\\p{\(name)}"
        end = close + 1
      default: return
      }
    }

    /// The escape as a class with the missing characters; nil where it is none that misses any.
    func rewritten(inClass: Bool) -> String? {
      guard let property, let additions = RegexUnicode.additions(to: name) else { return nil }
      // Outside a class `\w` counts superscripts and fractions of Latin-1 as well.
      if name == "w", !inClass {
        return isNegated ? "(?:(?![\(additions)])\\W)" : "(?:\\w|[\(additions)])"
      }
      return "[\(isNegated ? "^" : "")\(property)\(additions)]"
    }
  }

  /// The ranges to add to a property, as they stand in a class; nil where it is not one of the general categories.
  private static func additions(to name: String) -> String? {
    var ranges: [ClosedRange<UInt32>] = []
    let categories = categories(of: name)
    if categories == nil, name != "Han" { return nil }
    for newcomer in newcomers {
      // All letters that came to the ideographic planes are ideographs.
      let belongs =
        categories?.contains(newcomer.category)
        ?? (newcomer.codes.lowerBound >= 0x20000 && newcomer.category == .otherLetter)
      guard belongs else { continue }
      if let last = ranges.last, last.upperBound + 1 == newcomer.codes.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound...newcomer.codes.upperBound
      } else {
        ranges.append(newcomer.codes)
      }
    }
    return ranges.map { range in
      let first = "\\x{\(String(range.lowerBound, radix: 16))}"
      return range.count == 1 ? first : first + "-\\x{\(String(range.upperBound, radix: 16))}"
    }.joined()
  }

  private static func categories(of name: String) -> [Unicode.GeneralCategory]? {
    let letters: [Unicode.GeneralCategory] = [
      .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
    ]
    let marks: [Unicode.GeneralCategory] = [.nonspacingMark, .spacingMark, .enclosingMark]
    switch name {
    case "L": return letters
    case "Lu": return [.uppercaseLetter]
    case "Ll": return [.lowercaseLetter]
    case "Lm": return [.modifierLetter]
    case "Lo": return [.otherLetter]
    case "M": return marks
    case "Mn": return [.nonspacingMark]
    case "Mc": return [.spacingMark]
    case "N": return [.decimalNumber, .letterNumber, .otherNumber]
    case "Nd": return [.decimalNumber]
    case "No": return [.otherNumber]
    case "P":
      return [
        .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation,
      ]
    case "Pd": return [.dashPunctuation]
    case "Po": return [.otherPunctuation]
    case "S": return [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
    case "Sm": return [.mathSymbol]
    case "Sk": return [.modifierSymbol]
    case "So": return [.otherSymbol]
    case "Cf": return [.format]
    case "w": return letters + marks + [.decimalNumber, .connectorPunctuation]
    default: return nil
    }
  }

  /// Where Unicode 15.0 to 16.0 added characters: one to the ideographs and syllables before, the others around them.
  static let stretches: [Range<UInt32>] = [
    0..<0x3400, 0xA000..<0xAC00, 0xF900..<0x20000, 0x2B730..<0x2B740, 0x2EBE0..<0x2F000, 0x31340..<0x323B0,
  ]

  /// The characters of Unicode 15.0 to 16.0 in runs of one category.
  private static let newcomers: [(codes: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = {
    var runs: [(codes: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = []
    for code in stretches.joined() {
      guard let properties = Unicode.Scalar(code)?.properties, let age = properties.age,
        age.major == 15 || age.major == 16
      else { continue }
      let category = properties.generalCategory
      if let last = runs.last, last.codes.upperBound + 1 == code, last.category == category {
        runs[runs.count - 1].codes = last.codes.lowerBound...code
      } else {
        runs.append((code...code, category))
      }
    }
    return runs
  }()
}
