internal import KTOCore

/// A tokenizer loaded from a `tokenizer.json` file: text to ids and back, with the ids of `tokenizers` 0.23.3.
///
/// May be shared between threads: encoders, with their caches, are kept in a pool, and each call takes one.
package struct Tokenizer: Sendable {
  let model: BPEModel
  let added: AddedVocabulary
  let normalizer: Normalizer?
  let preTokenizers: [PreTokenizer]
  let postProcessors: [PostProcessor]
  let decodings: DecodingTable
  let separatesTokens: Bool
  /// Cuts text in place of the pre-tokenizers, where they are ones with a scanner.
  private let scanner: Scanner?
  private let pool = EncoderPool()

  /// The file's truncation, applied by `encode`; nil for none. transformers encodes without it.
  package var truncation: Truncation?
  /// The file's padding, applied by `encode`; nil for none. transformers encodes without it.
  package var padding: Padding?

  /// Loads a file.
  /// - Throws: `FileError`; `TokenizerError` where the file is malformed or asks for what is not supported.
  package init(tokenizerJSON path: String) throws {
    try self.init(json: try readFile(path, limit: 1 << 28), path: path)
  }

  /// Reads a file's content; `path` is for messages alone.
  package init(json: [UInt8], path: String) throws {
    let file = try TokenizerFile(json: json, path: path)
    model = file.model
    normalizer = file.normalizer
    preTokenizers = file.preTokenizers
    scanner = Scanner(file.preTokenizers)
    postProcessors = file.postProcessors
    truncation = file.truncation
    padding = file.padding
    added = try AddedVocabulary(file.addedTokens, model: file.model, normalizer: file.normalizer)
    separatesTokens = file.decoder == .spaced
    decodings = Self.decodings(model: model, added: added, normalizer: normalizer, decoder: file.decoder)
  }

  /// The ids of a text.
  /// - Parameter addSpecialTokens: whether the file's post-processor puts its tokens around the text.
  package func encode(_ text: String, addSpecialTokens: Bool) throws -> [UInt32] {
    var ids: [UInt32] = []
    let bytes = text.utf8Span
    encode(valid: bytes.span, addSpecialTokens: addSpecialTokens, into: &ids)
    return ids
  }

  /// The ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8.
  package func encode(bytes: [UInt8], addSpecialTokens: Bool) throws -> [UInt32] {
    var ids: [UInt32] = []
    try encode(bytes.span, addSpecialTokens: addSpecialTokens, into: &ids)
    return ids
  }

  /// Appends the ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8.
  package func encode(
    _ text: Span<UInt8>, addSpecialTokens: Bool, into ids: inout [UInt32]
  ) throws(TokenizerError) {
    do { _ = try UTF8Span(validating: text) } catch {
      throw TokenizerError.invalidUTF8(offset: error.byteOffsets.lowerBound)
    }
    encode(valid: text, addSpecialTokens: addSpecialTokens, into: &ids)
  }

  private func encode(valid text: Span<UInt8>, addSpecialTokens: Bool, into output: inout [UInt32]) {
    let encoder = pool.take(model, scanner)
    if postProcessors.isEmpty, truncation == nil, padding == nil {
      encode(raw: text, encoder, &output)
      return pool.put(encoder)
    }
    var ids: [UInt32] = []
    encode(raw: text, encoder, &ids)
    pool.put(encoder)
    if let truncation {
      let reserved = addSpecialTokens ? postProcessors.reduce(0) { $0 + $1.addedCount } : 0
      ids = truncation.apply(to: ids, reserving: reserved)
    }
    for processor in postProcessors { ids = processor.apply(to: ids, addSpecialTokens: addSpecialTokens) }
    output += padding?.apply(to: ids) ?? ids
  }

  /// Cuts at the raw added tokens and encodes what lies between.
  private func encode(raw text: Span<UInt8>, _ encoder: PooledEncoder, _ ids: inout [UInt32]) {
    for section in added.sections(ofRaw: text) {
      if let id = section.id {
        ids.append(id)
      } else {
        encode(text.extracting(section.range), encoder, &ids)
      }
    }
  }

  /// Text between raw added tokens: normalize, cut at the normalized ones, then encode the rest.
  private func encode(_ part: Span<UInt8>, _ encoder: PooledEncoder, _ ids: inout [UInt32]) {
    guard let normalizer else { return encode(normalized: part, encoder, &ids) }
    let text = unsafe normalizer.normalize(part.withUnsafeBufferPointer { unsafe Array($0) })
    encode(normalized: text.span, encoder, &ids)
  }

  private func encode(normalized text: Span<UInt8>, _ encoder: PooledEncoder, _ ids: inout [UInt32]) {
    for section in added.sections(ofNormalized: text) {
      if let id = section.id {
        ids.append(id)
      } else if scanner != nil {
        encoder.scan(text.extracting(section.range), into: &ids)
      } else {
        encode(section: text.extracting(section.range), encoder, &ids)
      }
    }
  }

  /// Text without added tokens, through the pre-tokenizers one after the other.
  private func encode(section: Span<UInt8>, _ encoder: PooledEncoder, _ ids: inout [UInt32]) {
    var pieces = unsafe Pieces(section.withUnsafeBufferPointer { unsafe Array($0) })
    for preTokenizer in preTokenizers { preTokenizer.apply(to: &pieces) }
    var start = 0
    for end in pieces.ends {
      encoder.encoder.encode(pieces.text.span, start..<end, into: &ids)
      start = end
    }
  }

  /// The number of ids: the model's tokens and the added ones beyond them.
  package var vocabularySize: Int { model.vocabulary.count + added.countBeyond(model.vocabulary.count) }

  /// The id of a token, written as the file writes it.
  package func id(of token: String) -> UInt32? {
    added.all.first { $0.token.content.utf8.elementsEqual(token.utf8) }?.id ?? model.id(of: token)
  }

  /// The token of an id, written as the file writes it.
  package func token(of id: UInt32) -> String? {
    added.all.last { $0.id == id }?.token.content ?? model.token(of: id)
  }

  /// The added tokens and their ids.
  package var addedTokens: [(token: AddedToken, id: UInt32)] { added.all }
}
