internal import KTOCore

/// Llama with norms after its blocks in place of before them, and a norm of all queries and of all keys.
/// Source: arXiv:2501.00656.
package enum Olmo2: Architecture {
  package static let modelTypes = ["olmo2"]
  package static let summary = "OLMo 2: Llama with norms after its blocks, and of queries and keys"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "olmo2", modelClass: "Olmo2ForCausalLM", members: { _ in [("attention_bias", .bool(false))] })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(maximumPositions: 2048, normEpsilon: 1e-5)
    try config.readRotary(into: &plan)
    try config.readAttentionBias(into: &plan)
    (plan.normPlacement, plan.queryKeyNorm) = (.after, .allHeads)
    return plan
  }
}
