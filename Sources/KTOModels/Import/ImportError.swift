internal import KTOCore

/// Why a model cannot be imported. The file itself being broken is a `TensorFileError`.
package enum ImportError: Error, Equatable, Sendable {
  case unsupportedArchitecture(String)
  /// A feature of a supported architecture that this tool's model does not have; `key` is the metadata key.
  case unsupportedFeature(key: String)
  case unsupportedTokenizer(String)
  case unsupportedPreTokenizer(String)
  /// A metadata value that is missing, of the wrong type or out of range.
  case invalidMetadata(key: String)
  case unexpectedTensor(String)
  case missingTensor(String)
  case wrongShape(tensor: String, expected: [Int], found: [Int])
  case duplicateToken(id: Int, text: String)
  /// A merge that is not two tokens whose concatenation is a third.
  case invalidMerge(index: Int, text: String)
  case invalidModelName(String)
}

extension ImportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupportedArchitecture(let name):
      "the architecture \(excerpt(name)) is not supported; supported are \(GGUFForm.names.joined(separator: ", "))"
    case .unsupportedFeature(let key): "the model uses \(excerpt(key, limit: 120)), which is not supported"
    case .unsupportedTokenizer(let name):
      "the tokenizer model \(excerpt(name)) is not supported; gpt2 (byte-level BPE) and llama (sentencepiece BPE) are"
    case .unsupportedPreTokenizer(let name):
      "tokenizer.ggml.pre is \(excerpt(name)), whose pattern is not known here; known are "
        + PreTokenizer.knownNames.joined(separator: ", ")
    case .invalidMetadata(let key): "the metadata value \(excerpt(key, limit: 120)) is missing or not usable"
    case .unexpectedTensor(let name):
      "the tensor \(excerpt(name, limit: 120)) has no place in this architecture"
    case .missingTensor(let name): "the tensor \(excerpt(name, limit: 120)) is missing"
    case .wrongShape(let tensor, let expected, let found):
      "the tensor \(excerpt(tensor, limit: 120)) has the shape \(found), not \(expected)"
    case .duplicateToken(let id, let text): "token \(id), \(excerpt(text)), has the text of an earlier one"
    case .invalidMerge(let index, let text):
      "merge \(index), \(excerpt(text)), does not join two tokens to a third"
    case .invalidModelName(let name):
      "\(excerpt(name, limit: 120)) is not a model name: ORGANISATION/NAME in letters, digits, '-', '_' and '.'"
    }
  }
}
