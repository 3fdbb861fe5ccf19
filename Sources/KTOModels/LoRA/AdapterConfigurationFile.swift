internal import KTOCore

/// PEFT's `adapter_config.json`, as far as it bears on the computation.
struct AdapterConfigurationFile {
  static let fileName = "adapter_config.json"

  var shape: AdapterShape
  /// What the file says of the model that the adapter was trained on.
  var base: AdapterBase

  /// Reads the file; whatever would make PEFT compute something we do not is refused by name.
  /// - Throws: `AdapterError`, `FileError`.
  init(folder: String) throws {
    let path = folder + "/" + Self.fileName
    let root: JSONNode
    do {
      var parser = JSONParser(maxDepth: 16)
      root = try parser.parse(readFile(path, limit: 1 << 20))
    } catch let error as JSONSyntaxError {
      throw AdapterError.invalidJSON(path: path, reason: error.description)
    }
    func require<T>(_ key: String, _ expected: String, _ value: T?) throws -> T {
      guard let value else { throw AdapterError.invalidKey(path: path, key: key, expected: expected) }
      return value
    }
    let type = root["peft_type"]?.string ?? ""
    guard type == "LORA" else {
      throw AdapterError.unsupported(path: path, key: "peft_type", value: excerpt(type))
    }
    for key in ["use_rslora", "use_dora", "fan_in_fan_out", "lora_bias"] where root[key]?.bool == true {
      throw AdapterError.unsupported(path: path, key: key, value: "true")
    }
    if let bias = root["bias"]?.string, bias != "none" {
      throw AdapterError.unsupported(path: path, key: "bias", value: excerpt(bias))
    }
    let plainKeys = [
      "rank_pattern", "alpha_pattern", "modules_to_save", "layers_to_transform", "layer_replication",
      "target_parameters", "trainable_token_indices", "exclude_modules", "layers_pattern",
    ]
    for key in plainKeys {
      guard let node = root[key], !node.isNull, node.array?.isEmpty != true,
        node.object?.members.isEmpty != true
      else { continue }
      throw AdapterError.unsupported(path: path, key: key, value: excerpt(node.value.jsonText))
    }
    let names = try require("target_modules", "a list of module names", root["target_modules"]?.array)
    let targets = try names.map { node in
      let name = try require("target_modules", "a list of module names", node.string)
      guard let module = LoRAModule(rawValue: name) else {
        throw AdapterError.unsupported(path: path, key: "target_modules", value: excerpt(name))
      }
      return module
    }
    shape = AdapterShape(
      rank: try require("r", "a whole number above 0", root["r"]?.int),
      alpha: try require("lora_alpha", "a number", root["lora_alpha"]?.double),
      dropout: root["lora_dropout"]?.double ?? 0, targets: targets)
    base = AdapterBase(name: root["base_model_name_or_path"]?.string, commit: root["revision"]?.string)
  }

  /// What PEFT 0.21 needs to load the adapter on its base model.
  /// - Parameter revision: the hub's commit of the base model; nil for a model that no hub has.
  static func text(_ shape: AdapterShape, baseModel: String, revision: String?) -> String {
    let alpha: JSONValue = Int(exactly: shape.alpha).map(JSONValue.integer) ?? .double(shape.alpha)
    let value = JSONValue.members([
      "base_model_name_or_path": .string(baseModel), "bias": .string("none"), "fan_in_fan_out": .bool(false),
      "inference_mode": .bool(true), "init_lora_weights": .bool(true), "lora_alpha": alpha,
      "lora_dropout": .double(shape.dropout), "peft_type": .string("LORA"),
      "r": .integer(shape.rank), "revision": revision.map(JSONValue.string) ?? .null,
      "target_modules": .items(shape.targets.map { .string($0.rawValue) }),
      "task_type": .string("CAUSAL_LM"),
    ])
    return value.indentedText + "\n"
  }
}
