internal import KTOCore

/// The formats that a tokenizer's file may have, told by its content.
enum TokenizerFormat: Equatable {
  case tokenizerJSON, tekken, tiktoken, sentencePiece

  /// What is none of the others is taken for a `tokenizer.json`, which then says what is wrong with it.
  init(of bytes: [UInt8]) {
    if SentencePieceFile.matches(bytes) {
      self = .sentencePiece
    } else if TiktokenFile.matches(bytes) {
      self = .tiktoken
    } else {
      self = TekkenFile.matches(bytes) ? .tekken : .tokenizerJSON
    }
  }
}

extension Tokenizer {
  /// Loads a tokenizer's file of any format that is read, which its content tells: `tokenizer.json`, Mistral's
  /// `tekken.json`, tiktoken's ranks, or a sentencepiece BPE model.
  ///
  /// - Parameters:
  ///   - pattern: what cuts text into words, in Oniguruma's syntax, for a tiktoken file of a family that is not known.
  ///   - specialTokens: those that go with `pattern`.
  ///   - findsSpecialTokens: whether special tokens of the formats but `tokenizer.json` are looked for in text, as they
  ///     are with a `tokenizer.json` made of the file. tekken's and sentencepiece's own programs never do.
  /// - Throws: `FileError`; `TokenizerError` where the file is malformed or asks for what is not supported.
  package init(
    file path: String, pattern: String? = nil, specialTokens: [(text: String, id: UInt32)] = [],
    findsSpecialTokens: Bool = true
  ) throws {
    try self.init(
      bytes: try readFile(path, limit: 1 << 28), path: path, pattern: pattern, specialTokens: specialTokens,
      findsSpecialTokens: findsSpecialTokens)
  }

  /// Reads a file's content; `path` is for messages, and for the name that may tell a tiktoken file's family.
  package init(
    bytes: [UInt8], path: String, pattern: String? = nil, specialTokens: [(text: String, id: UInt32)] = [],
    findsSpecialTokens: Bool = true
  ) throws {
    switch TokenizerFormat(of: bytes) {
    case .tokenizerJSON: try self.init(json: bytes, path: path)
    case .tekken:
      let file = try TekkenFile(json: bytes, path: path)
      try self.init(TokenizerDefinition(file, findsSpecialTokens: findsSpecialTokens))
    case .tiktoken:
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let family =
        if let pattern {
          TiktokenFamily(
            name: name, pattern: pattern,
            specialTokens: specialTokens.map { TiktokenFamily.SpecialToken(text: $0.text, id: $0.id) })
        } else {
          TiktokenFamily(hash: SHA256.hash(bytes), fileName: name)
        }
      guard let family else { throw TokenizerError.patternMissing(path: path) }
      try self.init(
        TokenizerDefinition(try TiktokenFile(bytes), family: family, findsSpecialTokens: findsSpecialTokens))
    case .sentencePiece:
      try self.init(
        TokenizerDefinition(
          try SentencePieceFile(bytes), bytes: bytes, findsSpecialTokens: findsSpecialTokens))
    }
  }
}
