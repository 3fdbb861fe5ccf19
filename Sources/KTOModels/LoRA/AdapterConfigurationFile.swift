internal import KTOCore

/// `adapter_config.json` as PEFT or mlx-lm writes it, as far as it bears on the computation.
struct AdapterConfigurationFile {
  static let fileName = "adapter_config.json"

  let path: String
  let targets: Targets
  /// The shape without what only the model says: targets and, where they are counted from the last, layers.
  let numbers: AdapterShape
  /// How many layers, counted from the last, where mlx-lm says so; nil for what `numbers` says.
  var lastLayerCount: Int?
  /// What the file says of the model that the adapter was trained on.
  var base: AdapterBase

  /// Reads the file; whatever would make its program compute something we do not is refused by name.
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
    if root["peft_type"] == nil, root["fine_tune_type"] != nil {
      try self.init(mlx: root, path: path)
    } else {
      try self.init(peft: root, path: path)
    }
  }

  init(
    path: String, targets: Targets, numbers: AdapterShape, lastLayerCount: Int? = nil, base: AdapterBase
  ) {
    self.path = path
    self.targets = targets
    self.numbers = numbers
    self.lastLayerCount = lastLayerCount
    self.base = base
  }

  private init(peft root: JSONNode, path: String) throws {
    func require<T>(_ key: String, _ expected: String, _ value: T?) throws -> T {
      guard let value else { throw AdapterError.invalidKey(path: path, key: key, expected: expected) }
      return value
    }
    let type = root["peft_type"]?.string ?? ""
    guard type == "LORA" else {
      throw AdapterError.unsupported(path: path, key: "peft_type", value: excerpt(type))
    }
    for key in ["use_dora", "fan_in_fan_out", "lora_bias"] where root[key]?.bool == true {
      throw AdapterError.unsupported(path: path, key: key, value: "true")
    }
    if let bias = root["bias"]?.string, bias != "none" {
      throw AdapterError.unsupported(path: path, key: "bias", value: excerpt(bias))
    }
    let plainKeys = [
      "rank_pattern", "alpha_pattern", "modules_to_save", "layer_replication",
      "target_parameters", "trainable_token_indices", "exclude_modules", "layers_pattern",
    ]
    for key in plainKeys {
      guard let node = root[key], !node.isNull, node.array?.isEmpty != true,
        node.object?.members.isEmpty != true
      else { continue }
      throw AdapterError.unsupported(path: path, key: key, value: excerpt(node.value.jsonText))
    }
    let names = "a list of module names, or a regular expression"
    let targets: Targets
    if let expression = root["target_modules"]?.string {
      targets = .expression(expression)
    } else {
      targets = .names(
        try require("target_modules", names, root["target_modules"]?.array).map { node in
          try require("target_modules", names, node.string)
        })
    }
    var layers: [Int]?
    if let node = root["layers_to_transform"], !node.isNull {
      let numbers = "a layer's number, or a list of them"
      layers =
        if let layer = node.int { [layer] } else {
          try require("layers_to_transform", numbers, node.array).map {
            try require("layers_to_transform", numbers, $0.int)
          }
        }
      // PEFT takes an empty list for every layer.
      if layers?.isEmpty == true { layers = nil }
    }
    let shape = AdapterShape(
      rank: try require("r", "a whole number above 0", root["r"]?.int),
      alpha: try require("lora_alpha", "a number", root["lora_alpha"]?.double),
      dropout: root["lora_dropout"]?.double ?? 0, targets: [], layers: layers,
      isRankStabilized: root["use_rslora"]?.bool ?? false)
    self.init(
      path: path, targets: targets, numbers: shape,
      base: AdapterBase(name: root["base_model_name_or_path"]?.string, commit: root["revision"]?.string))
  }

  /// Which linear layers, as the two write them.
  enum Targets {
    case names([String])
    case expression(String)

    var text: String {
      switch self {
      case .names(let names): names.joined(separator: ", ")
      case .expression(let text): text
      }
    }
  }

  /// The shape that the file calls for on a model.
  /// - Throws: `AdapterError.unsupported` for targets that the model has not, or that differ from layer to layer.
  func shape(for model: ModelPlan) throws(AdapterError) -> AdapterShape {
    func unsupported(_ value: String) -> AdapterError {
      .unsupported(path: path, key: "target_modules", value: excerpt(value))
    }
    var shape = numbers
    var chosen: (modules: [LoRAModule], layers: [Int]?)?
    switch targets {
    case .names(let names):
      // A name chooses by the end of a layer's full name.
      func isNamed(_ layer: String, by name: String) -> Bool { layer == name || layer.hasSuffix("." + name) }
      if let unknown = names.first(where: { name in
        LoRAModule.chosen(in: model, where: { isNamed($0, by: name) }) == nil
      }) {
        throw unsupported(unknown)
      }
      chosen = LoRAModule.chosen(in: model) { layer in names.contains { isNamed(layer, by: $0) } }
    case .expression(LoRAModule.all):
      chosen = LoRAModule.chosen(in: model) { _ in true }
    case .expression(let text):
      if let expression = try? Regex(text) {
        chosen = LoRAModule.chosen(in: model) { $0.wholeMatch(of: expression) != nil }
      }
    }
    guard let chosen else { throw unsupported(targets.text) }
    shape.targets = chosen.modules
    if let lastLayerCount, (1..<model.layerCount).contains(lastLayerCount) {
      shape.layers = Array(model.layerCount - lastLayerCount..<model.layerCount)
    }
    if let layers = chosen.layers { shape.layers = shape.layers.map { $0.filter(layers.contains) } ?? layers }
    return shape
  }
}
