internal import KTOCore

/// A tokenizer loaded from a file: text to ids and back, with the ids of `tokenizers` 0.23.3.
///
/// May be shared between threads: encoders, with their caches, are kept in a pool, and each call takes one, or each
/// `EncodingSession` for as long as it lives.
package struct Tokenizer: Sendable {
  let model: BPEModel
  let added: AddedVocabulary
  let normalizers: [Normalizer]
  let preTokenizers: [PreTokenizer]
  let postProcessors: [PostProcessor]
  /// What the post-processors put around a text, where that is all they do.
  let frame: Frame?
  let decoder: TokenDecoder
  /// Cuts text in place of the pre-tokenizers, where they are ones with a scanner.
  let scanner: Scanner?
  private(set) var pool = EncoderPool()

  /// The file's truncation, applied by `encode`; nil for none. transformers encodes without it.
  package var truncation: Truncation?
  /// The file's padding, applied by `encode`; nil for none. transformers encodes without it.
  package var padding: Padding?

  /// Puts a tokenizer together from its stages.
  /// - Throws: `TokenizerError.duplicateAddedToken`, `.patternLimit`, `.unsupported`.
  init(_ definition: TokenizerDefinition) throws(TokenizerError) {
    normalizers = definition.normalizers
    preTokenizers = definition.preTokenizers
    postProcessors = definition.postProcessors
    frame = Frame(postProcessors)
    truncation = definition.truncation
    padding = definition.padding
    added = try AddedVocabulary(definition.addedTokens, model: definition.model, normalizers: normalizers)
    let scanner = Scanner(definition)
    let readsBlanks = scanner?.readsBlanks ?? false
    // Added tokens that are looked for in normalized text need the normalizers to have run.
    self.scanner = readsBlanks && !normalizers.isEmpty && !added.hasNoNormalizedTokens ? nil : scanner
    var model = definition.model
    if readsBlanks { model.readBlanksAsMarks() }
    self.model = model
    decoder = try TokenDecoder(definition.decoders, model: model, added: added)
  }

  /// Loads a `tokenizer.json` file.
  /// - Throws: `FileError`; `TokenizerError` where the file is malformed or asks for what is not supported.
  package init(tokenizerJSON path: String) throws {
    try self.init(json: try readFile(path, limit: 1 << 28), path: path)
  }

  /// Reads a `tokenizer.json` file's content; `path` is for messages alone.
  package init(json: [UInt8], path: String) throws {
    try self.init(try TokenizerFile(json: json, path: path).definition)
  }

  /// The same tokenizer with encoders that it does not share.
  package func withOwnEncoders() -> Tokenizer {
    var copy = self
    copy.pool = EncoderPool()
    return copy
  }

  /// The number of ids: the model's tokens and the added ones beyond them.
  package var vocabularySize: Int { model.vocabulary.count + added.countBeyond(model) }

  /// The id of a token, written as the file writes it.
  package func id(of token: String) -> UInt32? {
    added.all.first { $0.token.content.hasSameBytes(as: token) }?.id ?? model.id(of: token)
  }

  /// The token of an id, written as the file writes it.
  package func token(of id: UInt32) -> String? {
    added.all.last { $0.id == id }?.token.content ?? model.token(of: id)
  }

  /// The added tokens and their ids.
  package var addedTokens: [(token: AddedToken, id: UInt32)] { added.all }
}
