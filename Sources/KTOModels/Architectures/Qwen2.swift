internal import KTOCore

/// Llama with biases on queries, keys and values. Source: arXiv:2407.10671.
package enum Qwen2: Architecture {
  package static let modelTypes = ["qwen2"]
  package static let summary = "Qwen 2 and 2.5: Llama with biases on queries, keys and values"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "qwen2", modelClass: "Qwen2ForCausalLM",
    members: { _ in [("sliding_window", .null), ("use_sliding_window", .bool(false))] })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(keyHeadCount: 32, maximumPositions: 32_768)
    try config.readRotary(into: &plan)
    try config.readQwenWindows(into: &plan)
    plan.hasQueryKeyValueBias = true
    return plan
  }
}
