extension TokenizerDefinition {
  /// A sentencepiece BPE model.
  /// - Parameter bytes: the file, which holds the table of replacements.
  /// - Throws: `TokenizerError` for a model that is not BPE or asks for what is not run.
  init(_ file: SentencePieceFile, bytes: [UInt8], findsSpecialTokens: Bool) throws(TokenizerError) {
    let contents = try SentencePieceVocabulary(file)
    guard file.denormalization.charsmap.isEmpty else {
      throw .unsupported(stage: .decoder, component: "denormalizer_spec", detail: nil)
    }
    var vocabulary = Vocabulary(minimumCapacity: contents.pieces.count)
    for (id, piece) in contents.pieces.enumerated() { try vocabulary.add(piece.text, id: UInt32(id)) }
    var options = BPEModel.Options()
    options.unknownID = contents.unknownID
    options.fusesUnknown = true
    options.fallsBackToBytes = contents.byteIDs != nil
    self.init(
      model: BPEModel(
        vocabulary: vocabulary, merges: MergeTable(contents.merges), alphabet: .scalars, options: options))
    let userDefined = contents.pieces.filter { $0.kind == .userDefined }.map(\.text)
    normalizers = try Self.normalizers(file, bytes, userDefined: userDefined)
    let spec = file.normalization
    decoders = [
      .sentencePiece(
        SentencePieceDecoding(
          hasBytes: contents.byteIDs != nil, dropsFirstSpace: spec.addsDummyPrefix,
          dropsLeadingSpaces: spec.removesExtraSpaces))
    ]
    addedTokens = contents.pieces.compactMap { piece in
      let text = String(decoding: piece.text, as: UTF8.self)
      switch piece.kind {
      case .control: return AddedToken(special: text, isFound: findsSpecialTokens)
      // Cut out of the normalized text, in which the normalizer left it as it is.
      case .userDefined:
        var token = AddedToken(special: text, isFound: true)
        token.isSpecial = false
        token.isNormalized = true
        token.form = piece.text
        return token
      case .unknown:
        var token = AddedToken(special: text, isFound: false)
        token.isSpecial = false
        token.form = file.unknownSurface
        return token
      default: return nil
      }
    }
  }

  private static func normalizers(
    _ file: SentencePieceFile, _ bytes: [UInt8], userDefined: [[UInt8]]
  ) throws(TokenizerError) -> [Normalizer] {
    let spec = file.normalization
    // Without the rest, what is left to do is what a tokenizer.json made of such a model says.
    if spec.charsmap.isEmpty, !spec.removesExtraSpaces, spec.escapesSpaces, !file.putsSpaceLast,
      !userDefined.contains(where: { $0.contains(0x20) })
    {
      let mark = SentencePieceNormalizer.mark
      let spaces = Normalizer.replace(.string([0x20]), with: mark)
      return spec.addsDummyPrefix ? [.prepend(mark), spaces] : [spaces]
    }
    return [
      .sentencePiece(
        SentencePieceNormalizer(
          charsmap: spec.charsmap.isEmpty ? nil : try PrecompiledCharsmap(bytes[spec.charsmap]),
          userDefined: userDefined,
          options: SentencePieceNormalizer.Options(
            addsDummyPrefix: spec.addsDummyPrefix, removesExtraSpaces: spec.removesExtraSpaces,
            escapesSpaces: spec.escapesSpaces, putsSpaceLast: file.putsSpaceLast)))
    ]
  }
}
