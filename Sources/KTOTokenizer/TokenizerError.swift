internal import KTOCore

/// Why a tokenizer could not be loaded or a text not be encoded.
package enum TokenizerError: Error, Equatable, Sendable {
  /// The file is not JSON; the offset is in bytes.
  case notJSON(path: String, reason: String, offset: Int)
  /// A part of the file has the wrong shape. `pointer` is a JSON pointer, `offset` in bytes.
  case malformed(pointer: String, expected: String, offset: Int)
  /// A stage, or an option of one, that this build does not run. `detail` holds the pattern or the option.
  case unsupported(stage: Stage, component: String, detail: String?)
  /// The model is Unigram, WordPiece or another that is not BPE.
  case notBPE(model: String)
  /// A tiktoken file of a family that is not known: it does not say how text is cut.
  case patternMissing(path: String)
  /// A token is in the vocabulary twice; the offset is in bytes.
  case duplicateToken(String, offset: Int)
  /// More merges than any vocabulary has.
  case tooManyMerges(limit: Int)
  /// The merge with this index (from 0) is not made of two parts.
  case invalidMerge(index: Int)
  /// The merge with this index (from 0) names a token that the vocabulary lacks.
  case mergeTokenMissing(index: Int, token: String)
  /// The token that stands for unknown text is not in the vocabulary.
  case unknownTokenMissing(token: String)
  /// An id larger than `limit`, which no vocabulary needs.
  case idOutOfRange(token: String, limit: Int)
  /// A regular expression that Oniguruma does not take, with what it says.
  case invalidPattern(pattern: String, reason: String)
  /// A search for a pattern took more steps than it may; the offset is in bytes of what was searched.
  case patternLimit(pattern: String, offset: Int)
  /// Two added tokens match the same text.
  case duplicateAddedToken(String)
  /// The text, or what the normalizers make of it, has more bytes than that.
  case textTooLong(limit: Int)
  /// The text is not UTF-8 from this byte on.
  case invalidUTF8(offset: Int)

  /// The part of the pipeline that an error is about.
  package enum Stage: String, Sendable, Equatable {
    case normalizer, preTokenizer, model, postProcessor, decoder, truncation, padding
  }
}

extension TokenizerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notJSON(let path, let reason, let offset): "\(path): byte \(offset): \(reason)"
    case .malformed(let pointer, let expected, let offset):
      "\(pointer.isEmpty ? "the file" : pointer) (byte \(offset)): expected \(expected)"
    case .unsupported(let stage, let component, let detail):
      "the \(stage.rawValue) \(component) is not supported" + (detail.map { ": \(excerpt($0))" } ?? "")
    case .notBPE(let model): "the model is \(excerpt(model)), which is not a BPE model"
    case .patternMissing(let path):
      "\(path): a tiktoken file of no known family; the pattern that cuts text must be given"
    case .duplicateToken(let token, let offset):
      "byte \(offset): the vocabulary has \"\(excerpt(token))\" twice"
    case .tooManyMerges(let limit): "more than \(limit) merges"
    case .invalidMerge(let index): "merge \(index) is not made of two parts"
    case .mergeTokenMissing(let index, let token):
      "merge \(index) names \"\(excerpt(token))\", which is not in the vocabulary"
    case .unknownTokenMissing(let token): "unk_token \"\(excerpt(token))\" is not in the vocabulary"
    case .idOutOfRange(let token, let limit): "the id of \"\(excerpt(token))\" is not within 0…\(limit)"
    case .invalidPattern(let pattern, let reason): "the pattern \"\(excerpt(pattern))\": \(reason)"
    case .patternLimit(let pattern, let offset):
      "the pattern \"\(excerpt(pattern))\" takes too long on this text, from byte \(offset) on"
    case .duplicateAddedToken(let token): "the added token \"\(excerpt(token))\" is there twice"
    case .textTooLong(let limit): "the text has more than \(limit) bytes, as it is or normalized"
    case .invalidUTF8(let offset): "byte \(offset): not UTF-8"
    }
  }
}
