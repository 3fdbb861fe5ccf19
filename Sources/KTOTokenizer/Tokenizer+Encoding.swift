internal import KTOCore

extension Tokenizer {
  /// The ids of a text.
  /// - Parameter addSpecialTokens: whether the file's post-processor puts its tokens around the text.
  /// - Throws: `TokenizerError.patternLimit` where one of the file's patterns takes too long on the text, `.textTooLong`.
  package func encode(_ text: String, addSpecialTokens: Bool) throws -> [UInt32] {
    var ids: [UInt32] = []
    let bytes = text.utf8Span
    try encode(bytes.span, addSpecialTokens: addSpecialTokens, into: &ids)
    return ids
  }

  /// The ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`, `.textTooLong`.
  package func encode(bytes: [UInt8], addSpecialTokens: Bool) throws -> [UInt32] {
    var ids: [UInt32] = []
    try encode(bytes.span, addSpecialTokens: addSpecialTokens, into: &ids)
    return ids
  }

  /// Appends the ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8, `.patternLimit`, `.textTooLong`.
  package func encode(
    _ text: Span<UInt8>, addSpecialTokens: Bool, into ids: inout [UInt32]
  ) throws(TokenizerError) {
    let encoder = pool.take(model, scanner)
    let start = ids.count
    var documents = EncodedDocuments()
    swap(&documents.ids, &ids)
    defer {
      swap(&documents.ids, &ids)
      pool.put(encoder)
    }
    do throws(TokenizerError) {
      try encode(text, addSpecialTokens: addSpecialTokens, encoder, &documents)
      encoder.finish(into: &documents)
    } catch {
      encoder.finish(into: &documents)
      documents.ids.removeSubrange(start...)
      throw error
    }
  }

  /// Adds the ids of UTF-8 text, some of which may still wait in the encoder. Where it throws, some may have been added.
  func encode(
    _ text: Span<UInt8>, addSpecialTokens: Bool, _ encoder: PooledEncoder, _ documents: inout EncodedDocuments
  ) throws(TokenizerError) {
    try checkSize(text)
    let survey = added.survey(text)
    if !survey.isASCII { try checkUTF8(text) }
    if let frame, truncation == nil, padding == nil {
      if addSpecialTokens { for id in frame.before { encoder.add(id: id, into: &documents) } }
      try encode(text, survey, encoder, &documents)
      if addSpecialTokens { for id in frame.after { encoder.add(id: id, into: &documents) } }
      return
    }
    encoder.finish(into: &documents)
    var own = EncodedDocuments()
    try encode(text, survey, encoder, &own)
    encoder.finish(into: &own)
    var ids = own.ids
    if let truncation {
      ids = truncation.apply(to: ids, reserving: addSpecialTokens ? addedCount : 0)
    }
    for processor in postProcessors { ids = processor.apply(to: ids, addSpecialTokens: addSpecialTokens) }
    documents.ids += padding?.apply(to: ids, padding?.id ?? 0) ?? ids
  }

  /// Places in a text are counted with 32 bits.
  func checkSize(_ text: Span<UInt8>) throws(TokenizerError) {
    let limit = Int(Int32.max)
    if text.count > limit { throw .textTooLong(limit: limit) }
  }

  func checkUTF8(_ text: Span<UInt8>) throws(TokenizerError) {
    if let offset = firstInvalidUTF8(in: text) { throw .invalidUTF8(offset: offset) }
  }

  /// Adds the ids of valid UTF-8, before any post-processor.
  private func encode(
    _ text: Span<UInt8>, _ survey: TextSurvey, _ encoder: PooledEncoder, _ documents: inout EncodedDocuments
  ) throws(TokenizerError) {
    if scanner == nil { return try encodeInStages(text, encoder, &documents) }
    if text.isEmpty { return }
    if !survey.mayHoldTokens || added.findsNoRawTokens(in: text) {
      return try scan(text, survey, isAtStart: true, encoder, &documents)
    }
    for section in added.sections(ofRaw: text) {
      if let id = section.id {
        encoder.add(id: id, into: &documents)
      } else {
        let part = text.extracting(section.range)
        try scan(part, survey, isAtStart: section.range.lowerBound == 0, encoder, &documents)
      }
    }
  }

  /// Text between raw added tokens: normalize, cut at the normalized ones, then scan the rest.
  private func scan(
    _ part: Span<UInt8>, _ survey: TextSurvey, isAtStart: Bool, _ encoder: PooledEncoder,
    _ documents: inout EncodedDocuments
  ) throws(TokenizerError) {
    if scanner?.readsBlanks == true || normalizers.allSatisfy({ $0.leaves(part, isASCII: survey.isASCII) }) {
      if !survey.mayHoldTokens { return encoder.scan(part, isAtStart: isAtStart, into: &documents) }
      return scan(normalized: part, isAtStart: isAtStart, encoder, &documents)
    }
    var text = AlignedText(part, isTraced: false)
    for normalizer in normalizers { try normalizer.apply(to: &text) }
    try checkSize(text.bytes.span)
    scan(normalized: text.bytes.span, isAtStart: isAtStart, encoder, &documents)
  }

  private func scan(
    normalized text: Span<UInt8>, isAtStart: Bool, _ encoder: PooledEncoder,
    _ documents: inout EncodedDocuments
  ) {
    if added.findsNoNormalizedTokens(in: text) {
      return encoder.scan(text, isAtStart: isAtStart, into: &documents)
    }
    for section in added.sections(ofNormalized: text) {
      if let id = section.id {
        encoder.add(id: id, into: &documents)
      } else {
        let part = text.extracting(section.range)
        encoder.scan(part, isAtStart: isAtStart && section.range.lowerBound == 0, into: &documents)
      }
    }
  }

  /// Adds the ids of valid UTF-8 through every stage, one after the other; what a scanner must equal.
  func encodeInStages(
    _ text: Span<UInt8>, _ encoder: PooledEncoder, _ documents: inout EncodedDocuments
  ) throws(TokenizerError) {
    try forEachPart(of: text, isTraced: !knowsInputOffsets) { part in
      switch part {
      case .token(let id, _): encoder.add(id: id, into: &documents)
      case .pieces(let pieces):
        for range in pieces.ranges {
          encoder.add(word: pieces.text.bytes.span.extracting(range), into: &documents)
        }
      }
    }
  }

  enum Part {
    /// An added token, and the text it was found in.
    case token(UInt32, AlignedText)
    /// What lies between added tokens, ready for the model.
    case pieces(Pieces)
  }

  /// Takes a text through all stages before the model: raw added tokens, normalizers, normalized added tokens,
  /// pre-tokenizers.
  func forEachPart(
    of input: Span<UInt8>, isTraced: Bool, _ visit: (Part) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    for section in added.sections(ofRaw: input) {
      var text = AlignedText(
        input.extracting(section.range), startingAt: section.range.lowerBound, isTraced: isTraced)
      if let id = section.id {
        try visit(.token(id, text))
        continue
      }
      for normalizer in normalizers { try normalizer.apply(to: &text) }
      try checkSize(text.bytes.span)
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

  /// How many tokens the post-processors put around a text.
  var addedCount: Int { postProcessors.reduce(0) { $0 + $1.addedCount } }

  /// Whether stages that ask where in the input they are can tell without tracing: nothing before them moved text.
  private var knowsInputOffsets: Bool {
    guard let place = preTokenizers.firstIndex(where: \.needsInputOffset) else { return true }
    return place == 0 && !normalizers.contains(where: \.canDropStart)
      && !preTokenizers.dropFirst().contains(where: \.needsInputOffset)
  }
}
