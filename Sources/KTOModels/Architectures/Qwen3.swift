internal import KTOCore

/// Llama with a norm of each query's and key's head. Source: arXiv:2505.09388.
package enum Qwen3: Architecture {
  package static let modelTypes = ["qwen3"]
  package static let summary = "Qwen 3, dense: Llama with a norm of each query's and key's head"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "qwen3", modelClass: "Qwen3ForCausalLM",
    members: { _ in
      [("attention_bias", .bool(false)), ("sliding_window", .null), ("use_sliding_window", .bool(false))]
    })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(keyHeadCount: 32, headDimension: 128, maximumPositions: 32_768)
    try config.readRotary(into: &plan)
    try config.readAttentionBias(into: &plan)
    try config.readQwenWindows(into: &plan)
    plan.queryKeyNorm = .eachHead
    return plan
  }
}
