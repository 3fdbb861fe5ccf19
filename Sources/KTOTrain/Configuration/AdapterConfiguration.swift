package import KTOCore
package import KTOModels

/// The low-rank adapter: the `lora:` section.
package struct AdapterConfiguration: ConfigurationSection {
  package var rank = 16
  /// The update is scaled by alpha / rank.
  package var alpha = 32.0
  package var dropout = 0.0
  package var targetModules = ["q_proj", "v_proj"]
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
        "Scale of the update, which counts as alpha / rank; twice the rank is usual."),
      .double(
        "dropout", \.dropout, .within(0...0.95),
        "Chance of leaving out an input of the update during training. KTO compares the model with itself, so 0 is usual."
      ),
      .strings(
        "target_modules", \.targetModules, minimum: 1,
        allowed: LoRAModule.allCases.map(\.rawValue),
        "The linear layers that get an update: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj; of Phi-3 qkv_proj, o_proj, gate_up_proj, down_proj."
      )
      .marked(.fixedByCheckpoint),
      .optionalString(
        "init_adapter", \.initialAdapter,
        "A folder with a PEFT adapter to start from, or a checkpoint of this tool; null starts from a new one, whose update is zero."
      ),
    ]
  }
}

extension AdapterConfiguration {

  /// What the trainer makes of it.
  package var shape: AdapterShape {
    AdapterShape(
      rank: rank, alpha: alpha, dropout: dropout, targets: targetModules.compactMap(LoRAModule.init))
  }

  package var conflicts: [(key: String, message: String)] {
    targetModules.filter { LoRAModule(rawValue: $0) == nil }.map { name in
      let known = LoRAModule.allCases.map(\.rawValue).joined(separator: ", ")
      return ("target_modules", "\(excerpt(name)) is not one of \(known)")
    }
  }
}
