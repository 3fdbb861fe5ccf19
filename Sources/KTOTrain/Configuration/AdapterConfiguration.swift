package import KTOCore
package import KTOModels

/// The low-rank adapter: the `lora:` section.
package struct AdapterConfiguration: ConfigurationSection {
  package var rank = 16
  /// The update is scaled by alpha / rank.
  package var alpha = 32.0
  package var dropout = 0.0
  package var targetModules = ["q_proj", "v_proj"]
  /// Ranges of layers, as in `0-9, 20`; nil for all.
  package var layers: String?
  package var isRankStabilized = false
  /// How many times the learning rate of A that of B is.
  package var plusRatio = 1.0
  /// A folder with PEFT's adapter_config.json and adapter_model.safetensors.
  package var initialAdapter: String?

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .int(
        "rank", \.rank, in: 1...1024, "Rank of each low-rank update: more learns more, and takes more memory."
      )
      .marked(.fixedByCheckpoint),
      .double(
        "alpha", \.alpha, .above(0, through: 65_536),
        "Scale of the update, which counts as alpha / rank, or alpha / √rank with rslora; twice the rank is usual."
      ),
      .double(
        "dropout", \.dropout, .within(0...0.95),
        "Chance of leaving out an input of the update during training. KTO compares the model with itself, so 0 is usual."
      ),
      .strings(
        "target_modules", \.targetModules, minimum: 1,
        "The linear layers that get an update, by name or by pattern with * and ?: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj; of Phi-3 qkv_proj, o_proj, gate_up_proj, down_proj; mlp.* is all of a layer's feed-forward part, and all-linear is every one."
      )
      .marked(.fixedByCheckpoint),
      .optionalString(
        "layers", \.layers,
        "The layers that get an update, counted from 0, as in 0-9 or 0-3, 20-29; null is every layer."
      )
      .marked(.fixedByCheckpoint),
      .bool(
        "rslora", \.isRankStabilized,
        "Scale the update by alpha / √rank, so that a higher rank does not weaken it (rsLoRA, arXiv:2312.03732)."
      ),
      .double(
        "plus_ratio", \.plusRatio, .above(0, through: 1000),
        "The learning rate of B over that of A (LoRA+, arXiv:2402.12354, advises 16 or so, with a lower rate); 1 is plain LoRA."
      ),
      .optionalString(
        "init_adapter", \.initialAdapter,
        "A folder with a PEFT adapter to start from, or a checkpoint of this tool; null starts from a new one, whose update is zero."
      ),
    ]
  }
}

extension AdapterConfiguration {

  /// What the trainer makes of it on a model.
  /// - Throws: `LoRAAdapter.Failure.missingModule` for a target that the model has not.
  package func shape(for model: ModelPlan) throws(LoRAAdapter.Failure) -> AdapterShape {
    AdapterShape(
      rank: rank, alpha: alpha, dropout: dropout,
      targets: try LoRAModule.chosen(by: targetModules, in: model),
      layers: layers.map { LayerRanges.layers($0) ?? [] }, isRankStabilized: isRankStabilized)
  }

  package var conflicts: [(key: String, message: String)] {
    let known = LoRAModule.allCases.map(\.rawValue)
    // Patterns and longer names are compared with the model, once it is known.
    let unknown = targetModules.filter { name in
      name != LoRAModule.all && !known.contains(name) && !name.contains { "*?.".contains($0) }
    }
    let wrong = unknown.map { name in
      let hint = closest(to: name, in: known + [LoRAModule.all]).map { "; did you mean \($0)?" } ?? ""
      return ("target_modules", "\(excerpt(name)) is not one of \(known.joined(separator: ", "))\(hint)")
    }
    guard let layers, LayerRanges.layers(layers) == nil else { return wrong }
    return wrong + [("layers", "\(excerpt(layers)) is not a list of layers such as 0-9 or 0-3, 20")]
  }
}
