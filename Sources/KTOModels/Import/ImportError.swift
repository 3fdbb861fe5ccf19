internal import KTOCore
package import KTOTokenizer

/// Why a model cannot be imported. The file itself being broken is a `TensorFileError`.
package enum ImportError: Error, Equatable, Sendable {
  case unsupportedArchitecture(String)
  /// A feature of a supported architecture that this tool's model does not have; `key` is the metadata key.
  case unsupportedFeature(key: String)
  /// The file's tokenizer cannot be used.
  case tokenizer(GGUFTokenizerError)
  /// A metadata value that is missing, of the wrong type or out of range.
  case invalidMetadata(key: String)
  case unexpectedTensor(String)
  case missingTensor(String)
  case wrongShape(tensor: String, expected: [Int], found: [Int])
  case invalidModelName(String)
}

extension ImportError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unsupportedArchitecture(let name):
      "the architecture \(excerpt(name)) is not supported; supported are \(GGUFForm.names.joined(separator: ", "))"
    case .unsupportedFeature(let key): "the model uses \(excerpt(key, limit: 120)), which is not supported"
    case .tokenizer(let error): "\(error)"
    case .invalidMetadata(let key): "the metadata value \(excerpt(key, limit: 120)) is missing or not usable"
    case .unexpectedTensor(let name):
      "the tensor \(excerpt(name, limit: 120)) has no place in this architecture"
    case .missingTensor(let name): "the tensor \(excerpt(name, limit: 120)) is missing"
    case .wrongShape(let tensor, let expected, let found):
      "the tensor \(excerpt(tensor, limit: 120)) has the shape \(found), not \(expected)"
    case .invalidModelName(let name):
      "\(excerpt(name, limit: 120)) is not a model name: ORGANISATION/NAME in letters, digits, '-', '_' and '.'"
    }
  }
}
