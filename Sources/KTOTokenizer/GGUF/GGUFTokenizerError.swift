internal import KTOCore

/// Why the tokenizer of a GGUF file cannot be used.
package enum GGUFTokenizerError: Error, Equatable, Sendable {
  case unsupportedTokenizer(String)
  case unsupportedPreTokenizer(String)
  /// A feature that this program's tokenizers do not have; `key` is the metadata key.
  case unsupportedFeature(key: String)
  /// A metadata value that is missing, of the wrong type or out of range.
  case invalidMetadata(key: String)
  case duplicateToken(id: Int, text: String)
  /// A merge that is not two tokens whose concatenation is a third.
  case invalidMerge(index: Int, text: String)
}

extension GGUFTokenizerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupportedTokenizer(let name):
      "the tokenizer model \(excerpt(name)) is not supported; gpt2 (byte-level BPE) and llama (sentencepiece BPE) are"
    case .unsupportedPreTokenizer(let name):
      "tokenizer.ggml.pre is \(excerpt(name)), whose pattern is not known here; known are "
        + GGUFPreTokenizer.all.map(\.name).joined(separator: ", ")
    case .unsupportedFeature(let key): "the model uses \(excerpt(key, limit: 120)), which is not supported"
    case .invalidMetadata(let key): "the metadata value \(excerpt(key, limit: 120)) is missing or not usable"
    case .duplicateToken(let id, let text): "token \(id), \(excerpt(text)), has the text of an earlier one"
    case .invalidMerge(let index, let text):
      "merge \(index), \(excerpt(text)), does not join two tokens to a third"
    }
  }
}
