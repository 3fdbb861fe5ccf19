internal import KTOCore

extension AdapterConfigurationFile {
  /// Writes what PEFT 0.21 and mlx-lm need to load the adapter on its base model. Each passes over the other's fields.
  static func write(_ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, force: Bool) throws {
    let text = text(adapter, for: model)
    try writeFile(folder + "/" + fileName, text.utf8, force: force)
  }

  private static func text(_ adapter: LoRAAdapter, for model: AdaptedModel) -> String {
    let shape = adapter.shape
    let alpha: JSONValue = Int(exactly: shape.alpha).map(JSONValue.integer) ?? .double(shape.alpha)
    // Names within a block, as mlx-lm compares them.
    let keys = adapter.factors(in: model.plan).compactMap { factors -> String? in
      factors.tensor.layer.map { layer in
        let mark = ".\(layer)."
        return factors.name.firstRange(of: mark).map { String(factors.name[$0.upperBound...]) }
          ?? factors.name
      }
    }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let value = JSONValue.members([
      "base_model_name_or_path": .string(model.name), "bias": .string("none"), "fan_in_fan_out": .bool(false),
      "fine_tune_type": .string("lora"),
      "inference_mode": .bool(true), "init_lora_weights": .bool(true),
      "layers_to_transform": shape.layers.map { .items($0.map { .integer($0) }) } ?? .null,
      "lora_alpha": alpha,
      "lora_dropout": .double(shape.dropout),
      "lora_parameters": .members([
        "dropout": .double(shape.dropout), "keys": .items(keys.map { .string($0) }),
        "rank": .integer(shape.rank), "scale": .double(Double(shape.scale)),
      ]),
      // Counted from the last; those that have no tensors stay as they are.
      "num_layers": .integer(model.plan.layerCount), "peft_type": .string("LORA"),
      "r": .integer(shape.rank), "revision": model.revision.map(JSONValue.string) ?? .null,
      "target_modules": .items(shape.targets.map { .string($0.rawValue) }),
      "task_type": .string("CAUSAL_LM"), "use_rslora": .bool(shape.isRankStabilized),
    ])
    return value.indentedText + "\n"
  }
}
