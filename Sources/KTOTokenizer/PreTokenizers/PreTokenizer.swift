/// One stage that cuts text into the pieces BPE works on.
enum PreTokenizer: Sendable, Equatable {
  /// Numbers (general category N) apart from the rest: each alone, or runs of them.
  case digits(individual: Bool)
  /// GPT-2's: an optional space before each piece, then its pattern, or none.
  case byteLevel(addsPrefixSpace: Bool, usesPattern: Bool)

  func apply(to pieces: inout Pieces) {
    let table = CharacterClass.table
    switch self {
    case .digits(let individual):
      pieces.cut { text, range, ends in cutDigits(text, range, individual: individual, table, &ends) }
    case .byteLevel(let addsPrefixSpace, let usesPattern):
      if addsPrefixSpace { pieces.prefixSpaces() }
      if usesPattern {
        pieces.cut { text, range, ends in cutByGPT2Pattern(text, range, table, &ends) }
      }
    }
  }
}

/// Cuts numbers from the rest of a piece. O(bytes).
func cutDigits(
  _ text: Span<UInt8>, _ range: Range<Int>, individual: Bool, _ table: CharacterClass,
  _ ends: inout [Int]
) {
  var index = range.lowerBound
  // Whether the open piece holds numbers; nil while no piece is open.
  var open: Bool?
  while index < range.upperBound {
    let (flags, width) = table.flags(index, in: text)
    let isNumber = flags & CharacterClass.digitFlag != 0
    if let wasNumber = open, wasNumber != isNumber || (individual && isNumber) { ends.append(index) }
    open = isNumber
    index += width
  }
  if open != nil { ends.append(range.upperBound) }
}
