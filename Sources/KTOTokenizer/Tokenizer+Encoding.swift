internal import KTOCore

extension Tokenizer {
  /// The ids of a text.
  /// - Parameter addSpecialTokens: whether the file's post-processor puts its tokens around the text.
  /// - Throws: `TokenizerError.patternLimit` where one of the file's patterns takes too long on the text.
  package func encode(_ text: String, addSpecialTokens: Bool) throws -> [UInt32] {
    try encode(valid: Array(text.utf8), addSpecialTokens: addSpecialTokens)
  }

  /// The ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`.
  package func encode(bytes: [UInt8], addSpecialTokens: Bool) throws -> [UInt32] {
    try checkUTF8(bytes)
    return try encode(valid: bytes, addSpecialTokens: addSpecialTokens)
  }

  /// The ids of UTF-8 text with the part of it that each stands for.
  ///
  /// Slower than `encode`, and takes 16 bytes of memory for each byte.
  /// - Throws: `TokenizerError.invalidUTF8`, `.patternLimit`.
  package func encodeWithOffsets(bytes: [UInt8], addSpecialTokens: Bool) throws -> Encoding {
    try checkUTF8(bytes)
    var tokens = try tracedTokens(bytes)
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

  private func encode(valid input: [UInt8], addSpecialTokens: Bool) throws(TokenizerError) -> [UInt32] {
    var ids: [UInt32] = []
    ids.reserveCapacity(input.count / 3)
    var encoder = pool.take()
    try forEachPart(of: input, isTraced: !knowsInputOffsets) { part in
      switch part {
      case .token(let id, _): ids.append(id)
      case .pieces(let pieces):
        for range in pieces.ranges {
          encoder.encode(pieces.text.bytes.span, range, with: model, into: &ids)
        }
      }
    }
    pool.put(encoder)
    if let truncation {
      ids = truncation.apply(to: ids, reserving: addSpecialTokens ? addedCount : 0)
    }
    for processor in postProcessors { ids = processor.apply(to: ids, addSpecialTokens: addSpecialTokens) }
    return padding?.apply(to: ids, padding?.id ?? 0) ?? ids
  }

  private func tracedTokens(_ input: [UInt8]) throws(TokenizerError) -> [TracedToken] {
    let countsSpaces = postProcessors.contains { if case .trimOffsets = $0 { true } else { false } }
    var tokens: [TracedToken] = []
    var encoder = pool.take()
    try forEachPart(of: input, isTraced: true) { part in
      switch part {
      case .token(let id, let text):
        var token = TracedToken(id: id, range: text.inputRange(of: text.bytes.indices) ?? 0..<0)
        if countsSpaces { token.countSpaces(of: text.bytes.span) }
        tokens.append(token)
      case .pieces(let pieces):
        for range in pieces.ranges {
          var start = 0
          for (id, byteCount) in encoder.trace(pieces.text.bytes.span, range, with: model) {
            let place = (range.lowerBound + start)..<(range.lowerBound + start + byteCount)
            let inside = place.upperBound <= range.upperBound ? pieces.text.inputRange(of: place) : nil
            // A suffix that the model adds can make a token longer than its piece.
            var token = TracedToken(id: id, range: inside ?? start..<(start + byteCount))
            if countsSpaces, let bytes = model.bytes(of: id) { token.countSpaces(of: bytes.span) }
            tokens.append(token)
            start += byteCount
          }
        }
      }
    }
    pool.put(encoder)
    return tokens
  }

  private enum Part {
    /// An added token, and the text it was found in.
    case token(UInt32, AlignedText)
    /// What lies between added tokens, ready for the model.
    case pieces(Pieces)
  }

  /// Takes a text through all stages before the model: raw added tokens, normalizers, normalized added tokens,
  /// pre-tokenizers.
  private func forEachPart(
    of input: [UInt8], isTraced: Bool, _ visit: (Part) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    for section in added.sections(ofRaw: input.span) {
      var text = AlignedText(input[section.range], isTraced: isTraced)
      if let id = section.id {
        try visit(.token(id, text))
        continue
      }
      for normalizer in normalizers { try normalizer.apply(to: &text) }
      for section in added.sections(ofNormalized: text.bytes.span) {
        let part = text.part(section.range)
        if let id = section.id {
          try visit(.token(id, part))
          continue
        }
        var pieces = Pieces(part)
        for preTokenizer in preTokenizers { try preTokenizer.apply(to: &pieces) }
        try visit(.pieces(pieces))
      }
    }
  }

  private var addedCount: Int { postProcessors.reduce(0) { $0 + $1.addedCount } }

  /// Whether stages that ask where in the input they are can tell without tracing: nothing before them moved text.
  private var knowsInputOffsets: Bool {
    guard let place = preTokenizers.firstIndex(where: \.needsInputOffset) else { return true }
    return place == 0 && !normalizers.contains(where: \.canDropStart)
      && !preTokenizers.dropFirst().contains(where: \.needsInputOffset)
  }

  private func checkUTF8(_ bytes: [UInt8]) throws(TokenizerError) {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .invalidUTF8(offset: firstInvalidUTF8(bytes) ?? 0)
    }
  }
}

extension TracedToken {
  /// Counts spaces, and GPT-2's character for one, at the ends of a token.
  fileprivate mutating func countSpaces(of token: Span<UInt8>) {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == "\u{120}" || scalar.properties.isWhitespace }
    var index = 0
    while index < token.count {
      let next = KTOTokenizer.scalar(at: index, in: token)
      guard isSpace(next) else { break }
      leadingSpaces += 1
      index += UTF8.width(next)
    }
    index = token.count
    while index > 0 {
      let last = KTOTokenizer.scalar(before: index, in: token)
      guard isSpace(last) else { break }
      trailingSpaces += 1
      index -= UTF8.width(last)
    }
  }
}

// Until the encoder traces by itself: tokens of byte-level vocabularies are as long as what they stand for.
extension BPEEncoder {
  mutating func trace(
    _ text: Span<UInt8>, _ range: Range<Int>, with model: BPEModel
  ) -> [(id: UInt32, byteCount: Int)] {
    var ids: [UInt32] = []
    encode(text, range, with: model, into: &ids)
    return ids.map { id in (id, model.token(of: id).flatMap(ByteLevelAlphabet.decode)?.count ?? 0) }
  }
}
