package import KTOCore

extension ModelArchitecture {
  /// Reads a parsed `config.json`, with the key names of Hugging Face's Llama and Mistral configurations.
  ///
  /// Keys that do not bear on the computation are passed over. What would change it and is not computed here
  /// (biases, another activation, other rotary types) is refused by name.
  package init(json: JSONNode) throws(ModelError) {
    guard json.object != nil else { throw .wrongType(key: "", expected: "an object") }
    let reader = ConfigurationReader(node: json, prefix: "")
    let modelType = try reader.text("model_type") ?? ""
    guard modelType == "llama" || modelType == "mistral" else {
      throw .unsupported(key: "model_type", value: excerpt(modelType))
    }
    if let activation = try reader.text("hidden_act"), activation != "silu" {
      throw .unsupported(key: "hidden_act", value: excerpt(activation))
    }
    for key in ["attention_bias", "mlp_bias"] where try reader.flag(key) == true {
      throw .unsupported(key: key, value: "true")
    }
    if let shards = try reader.integer("pretraining_tp"), shards != 1 {
      throw .unsupported(key: "pretraining_tp", value: "\(shards)")
    }
    let heads = try reader.required("num_attention_heads")
    let hidden = try reader.required("hidden_size")
    guard heads > 0 else {
      throw .outOfRange(key: "num_attention_heads", value: "\(heads)", allowed: "1 or more")
    }
    self.init(
      hiddenSize: hidden, layerCount: try reader.required("num_hidden_layers"), headCount: heads,
      keyHeadCount: try reader.integer("num_key_value_heads") ?? (modelType == "mistral" ? 8 : heads),
      headDimension: try reader.integer("head_dim") ?? hidden / heads,
      intermediateSize: try reader.required("intermediate_size"),
      vocabularySize: try reader.required("vocab_size"))
    self.modelType = modelType
    normEpsilon = try reader.number("rms_norm_eps") ?? 1e-6
    isHeadTied = try reader.flag("tie_word_embeddings") ?? false
    // Mistral's window is 4096 where the key is absent, and none where it is null.
    if modelType == "mistral" {
      slidingWindow = json["sliding_window"] == nil ? 4096 : try reader.integer("sliding_window")
    }
    maximumPositions =
      try reader.integer("max_position_embeddings") ?? (modelType == "llama" ? 2048 : 131_072)
    endTokens = try reader.tokens("eos_token_id")
    // `rope_parameters` is the newer place of both `rope_theta` and `rope_scaling`.
    let parameters = try reader.object("rope_parameters")
    let olderBase = try reader.number("rope_theta")
    let olderScaling = try reader.object("rope_scaling")
    rotaryBase = try parameters?.number("rope_theta") ?? olderBase ?? 10_000
    if let scaling = parameters ?? olderScaling {
      rotaryScaling = try scaling.scaling(positions: maximumPositions)
    }
    try check()
  }
}

/// Typed members of an object, with the path of a key that is wrong.
private struct ConfigurationReader {
  let node: JSONNode
  let prefix: String

  private func member(_ key: String) -> JSONNode? {
    guard let member = node[key], !member.isNull else { return nil }
    return member
  }

  func text(_ key: String) throws(ModelError) -> String? {
    guard let member = member(key) else { return nil }
    guard let text = member.string else { throw .wrongType(key: prefix + key, expected: "a string") }
    return text
  }

  func flag(_ key: String) throws(ModelError) -> Bool? {
    guard let member = member(key) else { return nil }
    guard let flag = member.bool else { throw .wrongType(key: prefix + key, expected: "true or false") }
    return flag
  }

  func integer(_ key: String) throws(ModelError) -> Int? {
    guard let member = member(key) else { return nil }
    guard let number = member.int else { throw .wrongType(key: prefix + key, expected: "an integer") }
    return number
  }

  func required(_ key: String) throws(ModelError) -> Int {
    guard let number = try integer(key) else { throw .missingKey(prefix + key) }
    return number
  }

  func number(_ key: String) throws(ModelError) -> Double? {
    guard let member = member(key) else { return nil }
    guard let number = member.double else { throw .wrongType(key: prefix + key, expected: "a number") }
    return number
  }

  func object(_ key: String) throws(ModelError) -> ConfigurationReader? {
    guard let member = member(key) else { return nil }
    guard member.object != nil else { throw .wrongType(key: prefix + key, expected: "an object") }
    return ConfigurationReader(node: member, prefix: prefix + key + ".")
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(ModelError) -> [UInt32] {
    guard let member = member(key) else { return [] }
    var tokens: [UInt32] = []
    for item in member.array ?? [member] {
      guard let id = item.int, let token = UInt32(exactly: id) else {
        throw .wrongType(key: prefix + key, expected: "a token id or a list of them")
      }
      tokens.append(token)
    }
    return tokens
  }

  func scaling(positions: Int) throws(ModelError) -> RotaryScaling {
    let olderName = try text("type")
    let name = try text("rope_type") ?? olderName ?? "default"
    func factor(_ key: String) throws(ModelError) -> Double {
      guard let number = try number(key) else { throw .missingKey(prefix + key) }
      return number
    }
    switch name {
    case "default": return .none
    case "linear": return .linear(factor: try factor("factor"))
    case "llama3":
      return .llama3(
        factor: try factor("factor"), lowFrequencyFactor: try factor("low_freq_factor"),
        highFrequencyFactor: try factor("high_freq_factor"),
        originalPositions: try integer("original_max_position_embeddings") ?? positions)
    default: throw .unsupported(key: prefix + "rope_type", value: excerpt(name))
    }
  }
}
