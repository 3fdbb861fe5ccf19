internal import KTOCore
internal import Synchronization

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
    var parser = JSONParser(maxDepth: 64)
    let root: JSONNode
    do throws(JSONSyntaxError) { root = try parser.parse(json) } catch {
      throw TokenizerError.notJSON(path: path, reason: error.description, offset: error.offset)
    }
    let file = try TokenizerFile(root)
    model = file.model
    normalizer = file.normalizer
    preTokenizers = file.preTokenizers
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
    encode(valid: Array(text.utf8), addSpecialTokens: addSpecialTokens)
  }

  /// The ids of UTF-8 text.
  /// - Throws: `TokenizerError.invalidUTF8` with the offset of the first byte that is not UTF-8.
  package func encode(bytes: [UInt8], addSpecialTokens: Bool) throws -> [UInt32] {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TokenizerError.invalidUTF8(offset: firstInvalidUTF8(bytes) ?? 0)
    }
    return encode(valid: bytes, addSpecialTokens: addSpecialTokens)
  }

  private func encode(valid text: [UInt8], addSpecialTokens: Bool) -> [UInt32] {
    var ids: [UInt32] = []
    ids.reserveCapacity(text.count / 3)
    var encoder = pool.take()
    for section in added.sections(ofRaw: text.span) {
      if let id = section.id { ids.append(id) } else { encode(text[section.range], &encoder, &ids) }
    }
    pool.put(encoder)
    if let truncation {
      let reserved = addSpecialTokens ? postProcessors.reduce(0) { $0 + $1.addedCount } : 0
      ids = truncation.apply(to: ids, reserving: reserved)
    }
    for processor in postProcessors { ids = processor.apply(to: ids, addSpecialTokens: addSpecialTokens) }
    return padding?.apply(to: ids) ?? ids
  }

  /// Text between raw added tokens: normalize, cut at the normalized ones, then encode the rest.
  private func encode(_ part: ArraySlice<UInt8>, _ encoder: inout BPEEncoder, _ ids: inout [UInt32]) {
    if part.isEmpty { return }
    let text = normalizer?.normalize(Array(part)) ?? Array(part)
    for section in added.sections(ofNormalized: text.span) {
      if let id = section.id {
        ids.append(id)
        continue
      }
      var pieces = Pieces(section.range.count == text.count ? text : Array(text[section.range]))
      for preTokenizer in preTokenizers { preTokenizer.apply(to: &pieces) }
      var start = 0
      for end in pieces.ends {
        encoder.encode(pieces.text.span, start..<end, with: model, into: &ids)
        start = end
      }
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

/// Encoders that no thread uses at the moment, so that their word caches live on between calls.
private final class EncoderPool: Sendable {
  private let idle = Mutex<[BPEEncoder]>([])

  func take() -> BPEEncoder { idle.withLock { $0.popLast() } ?? BPEEncoder() }

  func put(_ encoder: BPEEncoder) { idle.withLock { $0.append(encoder) } }
}
