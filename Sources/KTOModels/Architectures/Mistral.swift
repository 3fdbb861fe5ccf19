internal import KTOCore

/// Llama with attention to a window of positions. Source: arXiv:2310.06825.
package enum Mistral: Architecture {
  package static let modelTypes = ["mistral", "ministral"]
  package static let summary = "Mistral 7B and its like: Llama with attention to a sliding window"

  /// Its files carry Llama's name, and a window.
  package static let gguf: GGUFForm? = GGUFForm(
    name: "llama", modelClass: "MistralForCausalLM", window: .present, interleavesHeads: true)

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    try config.refuseFlags("attention_bias", "mlp_bias")
    var plan = try config.decoderPlan(keyHeadCount: 8, maximumPositions: 131_072)
    try config.readRotary(into: &plan)
    // The window is 4096 where the key is absent, and there is none where it is null.
    let window = config.contains("sliding_window") ? try config.integer("sliding_window") : 4096
    let layers = try config.windowedLayers(of: plan) { _ in window != nil }
    try config.setWindow(window, on: layers, of: &plan)
    return plan
  }
}
