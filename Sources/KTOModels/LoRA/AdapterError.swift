/// Why an adapter folder cannot be used.
package enum AdapterError: Error, Equatable, Sendable {
  /// `adapter_config.json` lacks a key, or its value has the wrong type.
  case invalidKey(path: String, key: String, expected: String)
  /// PEFT can do it, this tool cannot, so the adapter would compute something else here.
  case unsupported(path: String, key: String, value: String)
  case invalidJSON(path: String, reason: String)
  /// A tensor that no target module calls for.
  case unknownTensor(path: String, name: String)
  /// The adapter's tensors are not those that the model calls for.
  case doesNotFit(path: String, base: String?, model: String, reason: String)
  /// Neither a folder with an adapter nor a file of one.
  case notAnAdapter(path: String)
  /// A folder of checkpoints, of which one is to be named.
  case severalCheckpoints(folder: String, example: String)
  /// Arrays alone do not say how an adapter is applied.
  case noConfiguration(path: String, missing: String)
  /// A form that has no way to carry adapters of such a model.
  case noForm(name: String, modelType: String)
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
    case .doesNotFit(let path, let base, let model, let reason):
      "\(path) does not fit the model \(model): \(reason)"
        + (base.map { $0 == model ? "" : "; it was trained on \($0)" } ?? "")
    case .notAnAdapter(let path):
      "\(path) is no adapter: neither a folder with adapter_config.json, nor one of its files, nor a checkpoint"
    case .severalCheckpoints(let folder, let example):
      "\(folder) holds checkpoints; name one of them, such as \(example)"
    case .noConfiguration(let path, let missing):
      "\(path) does not say rank and alpha of the adapter, and there is no \(missing) that does"
    case .noForm(let name, let modelType): "\(name) has no form for adapters of \(modelType) models"
    case .differs(let key, let adapter, let configuration):
      "lora.init_adapter has \(key) \(adapter), but the configuration says \(configuration); make them agree"
    }
  }
}
