internal import KTOCore

/// Llama with biases on queries, keys and values. Source: arXiv:2407.10671.
package enum Qwen2: Architecture {
  package static let modelTypes = ["qwen2"]
  package static let summary = "Qwen 2 and 2.5: Llama with biases on queries, keys and values"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "qwen2", modelClass: "Qwen2ForCausalLM",
    members: [("sliding_window", .null), ("use_sliding_window", .bool(false))])

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    try config.refuseWindowedLayers()
    var plan = try config.decoderPlan(keyHeadCount: 32, maximumPositions: 32_768)
    plan.hasQueryKeyValueBias = true
    return plan
  }
}

extension ConfigReader {
  /// Refuses a window in some of the layers, as Qwen's configurations may ask for.
  func refuseWindowedLayers() throws(ModelError) {
    try refuseFlags("use_sliding_window")
    if let type = try texts("layer_types")?.first(where: { $0 != "full_attention" }) {
      throw .unsupported(key: path("layer_types"), value: excerpt(type))
    }
  }
}
