extension TokenizerDefinition {
  /// A vocabulary of ranked bytes with the pattern that cuts text and the special tokens.
  ///
  /// A word that is a token as a whole is that token, as tiktoken looks it up before it joins pairs.
  /// - Parameter specialTokens: their texts and ids.
  /// - Throws: `TokenizerError.duplicateToken`, `.idOutOfRange`, `.invalidPattern`.
  init(
    _ ranked: RankedVocabulary, pattern: String, normalizes: Bool,
    specialTokens: [(token: AddedToken, id: UInt32)]
  ) throws(TokenizerError) {
    var vocabulary = Vocabulary(minimumCapacity: ranked.tokens.count + specialTokens.count)
    for (rank, token) in ranked.tokens.enumerated() where !token.isEmpty {
      try vocabulary.add(token, id: UInt32(rank) + ranked.idOffset)
    }
    for (token, id) in specialTokens { try vocabulary.add(Array(token.content.utf8), id: id) }
    var options = BPEModel.Options()
    options.ignoresMerges = true
    self.init(
      model: BPEModel(
        vocabulary: vocabulary, merges: MergeTable(ranked.merges), alphabet: .bytes, options: options))
    if normalizes { normalizers = [.unicode(.nfc)] }
    preTokenizers = [.split(.regex(try Regex(pattern)), .isolated, inverts: false)]
    decoders = [.fuse]
    addedTokens = specialTokens.map(\.token)
  }

  /// A tiktoken file, of the family that its content or name says, or with a pattern given.
  init(_ file: TiktokenFile, family: TiktokenFamily, findsSpecialTokens: Bool) throws(TokenizerError) {
    let special = family.specialTokens.map { token in
      (AddedToken(special: token.text, isFound: findsSpecialTokens), token.id)
    }
    try self.init(
      RankedVocabulary(file.tokens), pattern: family.pattern, normalizes: family.normalizes,
      specialTokens: special)
  }

  init(_ file: TekkenFile, findsSpecialTokens: Bool) throws(TokenizerError) {
    let special = file.specialTokens.enumerated().map { id, token in
      (AddedToken(special: token.text, isFound: findsSpecialTokens), UInt32(id))
    }
    let ranked = try RankedVocabulary(file.tokens, idOffset: UInt32(file.specialTokens.count))
    try self.init(ranked, pattern: file.pattern, normalizes: false, specialTokens: special)
  }
}
