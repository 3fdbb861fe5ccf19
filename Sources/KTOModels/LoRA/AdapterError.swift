/// Why an adapter folder cannot be used.
package enum AdapterError: Error, Equatable, Sendable {
  /// `adapter_config.json` lacks a key, or its value has the wrong type.
  case invalidKey(path: String, key: String, expected: String)
  /// PEFT can do it, this tool cannot, so the adapter would compute something else here.
  case unsupported(path: String, key: String, value: String)
  case invalidJSON(path: String, reason: String)
  /// A tensor that no target module calls for.
  case unknownTensor(path: String, name: String)
  /// The configuration asks for another adapter than the one that is to be continued.
  case differs(key: String, adapter: String, configuration: String)
}

extension AdapterError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidKey(let path, let key, let expected): "\(path): \(key) must be \(expected)"
    case .unsupported(let path, let key, let value):
      "\(path): \(key) = \(value) is not supported; it would compute something else here"
    case .invalidJSON(let path, let reason): "\(path): \(reason)"
    case .unknownTensor(let path, let name):
      "\(path) holds \(name), which belongs to none of the adapter's target_modules"
    case .differs(let key, let adapter, let configuration):
      "lora.init_adapter has \(key) \(adapter), but the configuration says \(configuration); make them agree"
    }
  }
}
