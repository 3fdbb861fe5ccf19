/// Brings the character properties of a pattern up to Unicode 16.0, the version the reference's Oniguruma has.
///
/// Debian's library knows fewer characters. `\p{…}`, `\w` and `\d`, and their negations, become classes to which the
/// missing ones are added. Not brought up: `\b`, POSIX brackets, `(?i)` over letters of after 14.0, scripts, and
/// U+1171E, which changed from Mn to Mc.
enum RegexUnicode {
  /// The pattern with its properties as classes. Anything not understood stays as it is.
  static func rewritten(_ pattern: String) -> String {
    let text = Array(pattern.utf8)
    var output: [UInt8] = []
    var index = 0
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        output.append(text[index])
        index += 1
        continue
      }
      let escape = text[index + 1]
      var end = index + 2
      var name: String?
      var isNegated =
        escape == UInt8(ascii: "P") || escape == UInt8(ascii: "W") || escape == UInt8(ascii: "D")
      switch escape {
      case UInt8(ascii: "w"), UInt8(ascii: "W"): name = "w"
      case UInt8(ascii: "d"), UInt8(ascii: "D"): name = "Nd"
      case UInt8(ascii: "p"), UInt8(ascii: "P"):
        if end < text.count, text[end] == UInt8(ascii: "{"),
          let close = text[end...].firstIndex(of: UInt8(ascii: "}"))
        {
          var inner = text[(end + 1)..<close]
          if inner.first == UInt8(ascii: "^") {
            isNegated.toggle()
            inner = inner.dropFirst()
          }
          name = String(decoding: inner, as: UTF8.self)
          end = close + 1
        }
      default: break
      }
      let source = text[index..<end]
      index = end
      if let name, let additions = additions(to: name) {
        let positive = name == "w" ? #"\w"# : name == "Nd" && source.count == 2 ? #"\d"# : "\\p{\(name)}"
        output += Array("[\(isNegated ? "^" : "")\(positive)\(additions)]".utf8)
      } else {
        output += source
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The ranges to add to a property, as they stand in a class; nil where it is not one of the general categories.
  private static func additions(to name: String) -> String? {
    guard let categories = categories(of: name) else { return nil }
    var ranges: [ClosedRange<UInt32>] = []
    for newcomer in newcomers where categories.contains(newcomer.category) {
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
    case "w": return letters + marks + [.decimalNumber, .connectorPunctuation]
    default: return nil
    }
  }

  /// The characters of Unicode 15.0 to 16.0 in runs of one category.
  private static let newcomers: [(codes: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = {
    var runs: [(codes: ClosedRange<UInt32>, category: Unicode.GeneralCategory)] = []
    // Nothing was added beyond plane 3, which ideographs fill.
    for code in UInt32(0)..<0x40000 {
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
