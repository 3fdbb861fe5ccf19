/// What a GGUF file says, by the keys of its metadata. Each is nil where it is missing or of another type.
package protocol GGUFTokenizerSource {
  func contains(_ key: String) -> Bool
  func text(_ key: String) -> String?
  func texts(_ key: String) -> [String]?
  func flag(_ key: String) -> Bool?
  func integer(_ key: String) -> Int?
  func integers(_ key: String) -> [Int64]?
  /// Numbers that are not NaN.
  func numbers(_ key: String) -> [Double]?
}

extension GGUFTokenizerSource {
  /// The value of a key that has to be there, as in `required("tokenizer.ggml.model", text)`.
  func required<Value>(_ key: String, _ read: (String) -> Value?) throws(GGUFTokenizerError) -> Value {
    guard let value = read(key) else { throw .invalidMetadata(key: key) }
    return value
  }

  /// The value of a key; nil where there is none.
  func optional<Value>(_ key: String, _ read: (String) -> Value?) throws(GGUFTokenizerError) -> Value? {
    contains(key) ? try required(key, read) : nil
  }
}
