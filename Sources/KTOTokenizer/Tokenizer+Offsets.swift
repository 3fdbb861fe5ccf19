extension Tokenizer {
  /// The ids of UTF-8 text with the part of it that each stands for.
  ///
  /// Slower than `encode`, and takes 16 bytes of memory for each byte.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`, `.textTooLong`.
  package func encodeWithOffsets(bytes: [UInt8], addSpecialTokens: Bool) throws -> Encoding {
    try checkSize(bytes.span)
    try checkUTF8(bytes.span)
    var tokens = try tracedTokens(bytes.span)
    if let truncation {
      tokens = truncation.apply(to: tokens, reserving: addSpecialTokens ? addedCount : 0)
    }
    for processor in postProcessors {
      tokens = processor.apply(to: tokens, addSpecialTokens: addSpecialTokens, input: bytes.span)
    }
    if let padding { tokens = padding.apply(to: tokens, .special(padding.id)) }
    return Encoding(
      ids: tokens.map(\.id), offsets: tokens.map(\.range), specialMask: tokens.map(\.isSpecial))
  }

  private func tracedTokens(_ input: Span<UInt8>) throws(TokenizerError) -> [TracedToken] {
    let countsSpaces = postProcessors.contains { if case .trimOffsets = $0 { true } else { false } }
    var tokens: [TracedToken] = []
    let encoder = pool.take(model, scanner)
    defer { pool.put(encoder) }
    try forEachPart(of: input, isTraced: true) { part in
      switch part {
      case .token(let id, let text):
        var token = TracedToken(id: id, range: text.inputRange(of: text.bytes.indices) ?? 0..<0)
        if countsSpaces { token.countSpaces(of: text.bytes.span) }
        tokens.append(token)
      case .pieces(let pieces):
        for range in pieces.ranges {
          let traced = encoder.encoder.trace(pieces.text.bytes.span, range)
          for (id, place) in place(traced, in: pieces.text, range) {
            var token = TracedToken(id: id, range: place)
            if countsSpaces, let bytes = model.bytes(of: id) { token.countSpaces(of: bytes.span) }
            tokens.append(token)
          }
        }
      }
    }
    return tokens
  }

  /// The parts of the input that the tokens of a piece stand for.
  private func place(
    _ tokens: [(id: UInt32, byteCount: Int)], in text: AlignedText, _ piece: Range<Int>
  ) -> [(id: UInt32, range: Range<Int>)] {
    // The reference counts in the bytes that the vocabulary is written in, and not those of symbols it drops: behind
    // such a symbol its offsets are too small, and in a byte-level vocabulary no longer whole bytes.
    var widths: [Int] = []
    if model.alphabet == .byteLevel, tokens.reduce(0, { $0 + $1.byteCount }) != piece.count {
      for index in piece { widths.append(UTF8.width(ByteLevelAlphabet.scalars[Int(text.bytes[index])])) }
    }
    var start = 0
    return tokens.map { id, byteCount in
      let length = widths.isEmpty ? byteCount : model.vocabulary[id]?.count ?? byteCount
      let written = start..<(start + length)
      start += length
      let range = widths.isEmpty ? written : Self.bytes(written, widths)
      let place = (piece.lowerBound + range.lowerBound)..<(piece.lowerBound + range.upperBound)
      // A suffix that the model adds can make a token longer than its piece.
      return (id, (place.upperBound <= piece.upperBound ? text.inputRange(of: place) : nil) ?? written)
    }
  }

  /// The bytes, of widths that differ, that a range lies in.
  private static func bytes(_ range: Range<Int>, _ widths: [Int]) -> Range<Int> {
    var end = 0
    var first = 0
    for (index, width) in widths.enumerated() {
      if end <= range.lowerBound { first = index }
      end += width
      if end >= range.upperBound { return first..<(index + 1) }
    }
    return first..<widths.count
  }
}

extension TracedToken {
  /// Counts spaces, and GPT-2's character for one, at the ends of a token.
  fileprivate mutating func countSpaces(of token: Span<UInt8>) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == "\u{120}" || isWhiteSpace(scalar) }
    var index = 0
    while index < token.count {
      let next = scalar(at: index, in: token)
      guard isSpace(next) else { break }
      leadingSpaces += 1
      index += UTF8.width(next)
    }
    index = token.count
    while index > 0 {
      let last = scalar(before: index, in: token)
      guard isSpace(last) else { break }
      trailingSpaces += 1
      index -= UTF8.width(last)
    }
  }
}
