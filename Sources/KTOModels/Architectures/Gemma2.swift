internal import KTOCore
internal import KTOKernels

/// Caps on scores and logits, norms at both ends of each block, and a window in every other layer.
/// Source: arXiv:2408.00118.
package enum Gemma2: Architecture {
  package static let modelTypes = ["gemma2"]
  package static let summary = "Gemma 2: capped scores and logits, norms around blocks, alternating windows"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "gemma2", modelClass: "Gemma2ForCausalLM", window: .present,
    numbers: [
      ("attn_logit_softcapping", "attn_logit_softcapping"),
      ("final_logit_softcapping", "final_logit_softcapping"),
    ],
    members: { $0.gemmaMembers(largestLayerCount: 46) })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.gemmaPlan(maximumPositions: 8192)
    try config.readRotary(into: &plan)
    plan.attentionSoftCap =
      config.contains("attn_logit_softcapping") ? try config.number("attn_logit_softcapping") : 50
    plan.logitSoftCap =
      config.contains("final_logit_softcapping") ? try config.number("final_logit_softcapping") : 30
    let layers = try config.windowedLayers(of: plan) { $0 % 2 == 0 }
    try config.setWindow(try config.gemmaWindow(), on: layers, of: &plan)
    return plan
  }
}

extension GGUFSizes {
  /// What the files of Gemma 2 and 3 do not say.
  ///
  /// - Parameter largestLayerCount: of the only model whose scores are not scaled by the size of its heads.
  func gemmaMembers(largestLayerCount: Int) -> [(key: String, value: JSONValue)] {
    let scalar = layerCount == largestLayerCount ? hiddenSize / headCount : headSize
    return [
      ("attention_bias", .bool(false)), ("hidden_activation", .string("gelu_pytorch_tanh")),
      ("hidden_act", .string("gelu_pytorch_tanh")), ("query_pre_attn_scalar", .integer(scalar)),
    ]
  }
}

extension ConfigReader {
  /// What Gemma 2 and 3 share.
  func gemmaPlan(maximumPositions: Int) throws(ModelError) -> ModelPlan {
    try refuseFlags("use_bidirectional_attention")
    var plan = try decoderPlan(
      keyHeadCount: 4, headDimension: 256, maximumPositions: maximumPositions,
      activation: ("hidden_activation", .geluTanh), isHeadTied: true)
    try readAttentionBias(into: &plan)
    let scalar = try number("query_pre_attn_scalar") ?? 256
    guard scalar > 0 else {
      throw .outOfRange(key: path("query_pre_attn_scalar"), value: "\(scalar)", allowed: "a number above 0")
    }
    plan.attentionScale = 1 / scalar.squareRoot()
    plan.embeddingScale = Double(Swift.max(plan.hiddenSize, 1)).squareRoot()
    (plan.normPlacement, plan.normWeightOffset) = (.both, 1)
    plan.tensorNames.rename(.feedForwardNorm, hub: "pre_feedforward_layernorm", gguf: "ffn_norm")
    return plan
  }

  /// 4096 where the key is absent.
  func gemmaWindow() throws(ModelError) -> Int? {
    contains("sliding_window") ? try integer("sliding_window") : 4096
  }
}
