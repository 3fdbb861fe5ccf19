internal import KTOCore

extension ConfigReader {
  /// What the configurations of transformers' decoders have in common, under the names they share.
  ///
  /// - Parameters:
  ///   - keyHeadCount: where `num_key_value_heads` is absent; nil is as many as there are heads, which is what null says.
  ///   - headDimension: where `head_dim` is absent; nil divides the hidden size among the heads.
  ///   - maximumPositions: where `max_position_embeddings` is absent.
  func decoderPlan(
    keyHeadCount: Int? = nil, headDimension: Int? = nil, maximumPositions: Int
  ) throws(ModelError) -> ModelPlan {
    if let activation = try text("hidden_act"), activation != "silu" {
      throw .unsupported(key: "hidden_act", value: excerpt(activation))
    }
    let heads = try required("num_attention_heads")
    let hidden = try required("hidden_size")
    guard heads > 0 else {
      throw .outOfRange(key: "num_attention_heads", value: "\(heads)", allowed: "1 or more")
    }
    let absentKeyHeads = contains("num_key_value_heads") ? heads : keyHeadCount ?? heads
    var plan = ModelPlan(
      hiddenSize: hidden, layerCount: try required("num_hidden_layers"), headCount: heads,
      keyHeadCount: try integer("num_key_value_heads") ?? absentKeyHeads,
      headDimension: try integer("head_dim") ?? headDimension ?? hidden / heads,
      intermediateSize: try required("intermediate_size"), vocabularySize: try required("vocab_size"))
    plan.normEpsilon = try number("rms_norm_eps") ?? 1e-6
    plan.isHeadTied = try flag("tie_word_embeddings") ?? false
    plan.maximumPositions = try integer("max_position_embeddings") ?? maximumPositions
    plan.endTokens = try tokens("eos_token_id")
    try readRotary(into: &plan)
    return plan
  }

  private func readRotary(into plan: inout ModelPlan) throws(ModelError) {
    // `rope_parameters` is the newer place of both `rope_theta` and `rope_scaling`.
    let parameters = try object("rope_parameters")
    let olderBase = try number("rope_theta")
    let olderScaling = try object("rope_scaling")
    plan.rotaryBase = try parameters?.number("rope_theta") ?? olderBase ?? 10_000
    if let scaling = parameters ?? olderScaling {
      plan.rotaryScaling = try scaling.scaling(positions: plan.maximumPositions)
    }
  }

  private func scaling(positions: Int) throws(ModelError) -> RotaryScaling {
    let olderName = try text("type")
    let name = try text("rope_type") ?? olderName ?? "default"
    switch name {
    case "default": return .none
    case "linear": return .linear(factor: try requiredNumber("factor"))
    case "llama3":
      return .llama3(
        factor: try requiredNumber("factor"), lowFrequencyFactor: try requiredNumber("low_freq_factor"),
        highFrequencyFactor: try requiredNumber("high_freq_factor"),
        originalPositions: try integer("original_max_position_embeddings") ?? positions)
    default: throw .unsupported(key: path("rope_type"), value: excerpt(name))
    }
  }
}
