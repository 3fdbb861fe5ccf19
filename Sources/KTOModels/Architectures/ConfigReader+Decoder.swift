internal import KTOCore
internal import KTOKernels

extension ConfigReader {
  /// What the configurations of transformers' decoders have in common, under the names they share.
  ///
  /// - Parameters:
  ///   - keyHeadCount: where `num_key_value_heads` is absent; nil is as many as there are heads, which is what null says.
  ///   - headDimension: where `head_dim` is absent; nil divides the hidden size among the heads.
  ///   - maximumPositions: where `max_position_embeddings` is absent.
  ///   - normEpsilon: where `rms_norm_eps` is absent.
  ///   - activation: the key that names it, and what it is where the key is absent.
  ///   - isHeadTied: where `tie_word_embeddings` is absent.
  func decoderPlan(
    keyHeadCount: Int? = nil, headDimension: Int? = nil, maximumPositions: Int, normEpsilon: Double = 1e-6,
    activation: (key: String, standard: GateActivation) = ("hidden_act", .silu), isHeadTied: Bool = false
  ) throws(ModelError) -> ModelPlan {
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
    plan.activation = try gateActivation(activation.key) ?? activation.standard
    plan.normEpsilon = try number("rms_norm_eps") ?? normEpsilon
    plan.isHeadTied = try flag("tie_word_embeddings") ?? isHeadTied
    plan.maximumPositions = try integer("max_position_embeddings") ?? maximumPositions
    plan.endTokens = try tokens("eos_token_id")
    return plan
  }

  private func gateActivation(_ key: String) throws(ModelError) -> GateActivation? {
    switch try text(key) {
    case nil: nil
    case "silu", "swish": .silu
    case "gelu_pytorch_tanh": .geluTanh
    case let name?: throw .unsupported(key: path(key), value: excerpt(name))
    }
  }

  /// Biases on all linear layers of attention, and on those of the feed-forward, where a flag asks for them.
  func readBiases(into plan: inout ModelPlan) throws(ModelError) {
    try readAttentionBias(into: &plan)
    if try flag("mlp_bias") == true { plan.hasFeedForwardBias = true }
  }

  /// Biases on all linear layers of attention, where a flag asks for them.
  func readAttentionBias(into plan: inout ModelPlan) throws(ModelError) {
    if try flag("attention_bias") == true {
      (plan.hasQueryKeyValueBias, plan.hasOutputBias) = (true, true)
    }
  }
}
