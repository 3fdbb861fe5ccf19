/// One stage that cuts text into the pieces BPE works on.
enum PreTokenizer: Sendable, Equatable {
  /// GPT-2's: an optional space before each piece, then its pattern, or none, then its characters for bytes.
  ///
  /// Where it is the last stage, the characters are not written: the model takes the bytes themselves.
  case byteLevel(addsPrefixSpace: Bool, usesPattern: Bool, writesCharacters: Bool)
  /// Cuts at the matches of a pattern, or, inverted, at what lies between them.
  case split(TextPattern, SplitBehavior, inverts: Bool)
  /// Numbers (general category N) apart from the rest: each alone, or runs of them.
  case digits(individual: Bool)
  case punctuation(SplitBehavior)
  /// Runs of word characters and runs of what is neither word character nor white space.
  case whitespace
  /// What lies between white space.
  case whitespaceSplit
  case metaspace(Metaspace)
  /// What lies between these scalars.
  case delimiter(Unicode.Scalar)
  /// BERT's: what lies between white space, with punctuation apart.
  case bert
  /// Pieces of this many scalars.
  case fixedLength(Int)

  /// - Throws: `TokenizerError.patternLimit`.
  func apply(to pieces: inout Pieces) throws(TokenizerError) {
    switch self {
    case .byteLevel(let addsPrefixSpace, let usesPattern, let writesCharacters):
      if addsPrefixSpace { pieces.prefixSpaces() }
      if usesPattern {
        try pieces.cut { text, range, parts throws(TokenizerError) in
          cutByGPT2Pattern(text, range, &parts)
        }
      }
      if writesCharacters { pieces.writeByteLevel() }
    case .split(let pattern, let behavior, let inverts):
      try pieces.split(pattern, behavior, inverts: inverts)
    case .digits(let individual):
      try pieces.split(.scalars(.number), individual ? .isolated : .contiguous)
    case .punctuation(let behavior): try pieces.split(.scalars(.punctuation), behavior)
    case .whitespace:
      try pieces.cut { text, range, parts throws(TokenizerError) in cutWords(text, range, &parts) }
    case .whitespaceSplit: try pieces.split(.scalars(.whitespace), .removed)
    case .metaspace(let metaspace): try metaspace.apply(to: &pieces)
    case .delimiter(let scalar): try pieces.split(.scalars(.one(scalar)), .removed)
    case .bert:
      try pieces.split(.scalars(.whitespace), .removed)
      try pieces.split(.scalars(.punctuation), .isolated)
    case .fixedLength(let length):
      try pieces.cut { text, range, parts throws(TokenizerError) in
        cutByLength(length, text, range, &parts)
      }
    }
  }

  /// Whether this asks where in the input a piece begins.
  var needsInputOffset: Bool {
    if case .metaspace(let metaspace) = self { metaspace.prepends == .first } else { false }
  }
}

extension Pieces {
  /// Puts a space before every piece that does not begin with one.
  fileprivate mutating func prefixSpaces() {
    let source = text.bytes
    rewrite(expectedGrowth: ranges.count) { range, rewriter in
      if source[range.lowerBound] != 0x20 { rewriter.put(CollectionOfOne(0x20), for: range.lowerBound) }
      rewriter.keep(range)
    }
  }

  /// Writes GPT-2's characters for the bytes.
  fileprivate mutating func writeByteLevel() {
    let source = text.bytes
    rewrite(expectedGrowth: source.count / 4) { range, rewriter in
      for index in range {
        guard let encoded = UTF8.encode(ByteLevelAlphabet.scalars[Int(source[index])]) else { continue }
        rewriter.put(encoded, for: index)
      }
    }
  }
}

/// The matches of `\w+|[^\w\s]+`, with the classes of Rust's regular expressions.
private func cutWords(_ text: Span<UInt8>, _ range: Range<Int>, _ parts: inout [Range<Int>]) {
  var start = range.lowerBound
  var open: Bool?
  forEachScalar(in: text, range) { scalar, place in
    let isWord = isWordCharacter(scalar)
    let kind: Bool? = isWord ? true : isWhiteSpace(scalar) ? nil : false
    if kind == open { return }
    if open != nil { parts.append(start..<place.lowerBound) }
    start = place.lowerBound
    open = kind
  }
  if open != nil { parts.append(start..<range.upperBound) }
}

private func cutByLength(
  _ length: Int, _ text: Span<UInt8>, _ range: Range<Int>, _ parts: inout [Range<Int>]
) {
  var start = range.lowerBound
  var count = 0
  forEachScalar(in: text, range) { _, place in
    count += 1
    guard count == length else { return }
    parts.append(start..<place.upperBound)
    start = place.upperBound
    count = 0
  }
  if start < range.upperBound { parts.append(start..<range.upperBound) }
}
