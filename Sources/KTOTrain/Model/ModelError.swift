/// Why a model cannot be made, or cannot take an input.
package enum ModelError: Error, Equatable, Sendable {
  /// config.json is not what a Llama or Mistral configuration is.
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
