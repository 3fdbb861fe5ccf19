/// Why a model cannot be made, or cannot take an input.
package enum ModelError: Error, Equatable, Sendable {
  /// config.json is not what a configuration of its architecture is.
  case missingKey(String)
  case wrongType(key: String, expected: String)
  case outOfRange(key: String, value: String, allowed: String)
  /// The configuration asks for something this engine does not compute.
  case unsupported(key: String, value: String)
  /// A tensor that the architecture calls for.
  case missingTensor(String)
  case tensorShape(name: String, expected: [Int], found: [Int])
  /// The weights do not fit what the caller allows, in bytes.
  case tooLarge(byteCount: Int, limit: Int)
  /// Inputs.
  case tokenOutOfRange(token: UInt32, vocabularySize: Int)
  case emptyPrompt
  case emptyCompletion
  case sequenceTooLong(tokenCount: Int, limit: Int)
  /// An adapter that does not belong to this model.
  case adapterMismatch
}

extension ModelError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missingKey(let key): "config.json lacks \(key)"
    case .wrongType(let key, let expected):
      key.isEmpty ? "config.json must be \(expected)" : "config.json: \(key) must be \(expected)"
    case .outOfRange(let key, let value, let allowed):
      "config.json: \(key) is \(value); allowed: \(allowed)"
    case .unsupported("model_type", let value):
      "config.json: model_type = \(value) is not supported; supported are "
        + Architectures.modelTypes.joined(separator: ", ")
    case .unsupported(let key, let value): "config.json: \(key) = \(value) is not supported"
    case .missingTensor(let name): "the model's files lack the tensor \(name)"
    case .tensorShape(let name, let expected, let found):
      "the tensor \(name) has shape \(found), but config.json calls for \(expected)"
    case .tooLarge(let byteCount, let limit):
      "the model's weights take \(byteCount) bytes as float32, more than the \(limit) allowed"
    case .tokenOutOfRange(let token, let size):
      "token \(token) is not in the model's vocabulary of \(size): is this the model's own tokenizer?"
    case .emptyPrompt: "the prompt has no tokens, so nothing predicts the first token of the completion"
    case .emptyCompletion: "the completion has no tokens"
    case .sequenceTooLong(let count, let limit):
      "\(count) tokens, more than the model's \(limit) positions (max_position_embeddings)"
    case .adapterMismatch: "the adapter was made for a model of other sizes"
    }
  }
}
