import Foundation
import Testing

@testable import KTOTokenizer

extension CharacterKind {
  /// The kind by Swift's own Unicode tables.
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

struct CharacterKindTests {
  /// With KTO_CHARACTER_KINDS set to a path, also writes there what CharacterKindRuns.swift has to hold, between blanks.
  @Test func `the runs are what Swift's Unicode tables say`() throws {
    var runs: [(count: Int, kind: CharacterKind)] = []
    for code in UInt32(0)..<0x110000 {
      let kind = Unicode.Scalar(code).map { CharacterKind($0) } ?? .other
      if runs.last?.kind == kind { runs[runs.count - 1].count += 1 } else { runs.append((1, kind)) }
    }
    let text = runs.map { "\($0.count)\(Character(Unicode.Scalar(UInt8(ascii: "a") + $0.kind.rawValue)))" }
    if let path = ProcessInfo.processInfo.environment["KTO_CHARACTER_KINDS"] {
      try text.joined(separator: " ").write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(characterKindRuns.filter { !$0.isWhitespace } == text.joined())
    #expect(CharacterKindTable.shared.kinds.count == 0x110000)
    #expect(
      CharacterKindTable.shared[0x10FFFF] == .other && CharacterKindTable.shared[0x4E00] == .ideographLetter)
  }
}
