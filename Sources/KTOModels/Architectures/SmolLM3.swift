internal import KTOCore

/// Llama in which some layers do not rotate queries and keys. Sources: SmolLM3; RNoPE, arXiv:2501.18795.
package enum SmolLM3: Architecture {
  package static let modelTypes = ["smollm3"]
  package static let summary = "SmolLM3: Llama in which every fourth layer has no rotary positions"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "smollm3", modelClass: "SmolLM3ForCausalLM", interleavesHeads: true,
    optionalBiases: GGUFForm.llamaBiases,
    // The files do not say which; their readers take every fourth.
    members: { _ in [("no_rope_layer_interval", .integer(4)), ("use_sliding_window", .bool(false))] })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(keyHeadCount: 4, maximumPositions: 32_768, isHeadTied: true)
    try config.readRotary(into: &plan, base: 2_000_000)
    try config.readBiases(into: &plan)
    plan.unrotatedLayers = try config.unrotatedLayers(of: plan)
    let window = try config.flag("use_sliding_window") == true ? try config.integer("sliding_window") : nil
    let unrotated = plan.unrotatedLayers
    let layers = try config.windowedLayers(of: plan) { window != nil && unrotated.contains($0) }
    try config.setWindow(try config.integer("sliding_window"), on: layers, of: &plan)
    return plan
  }
}

extension ConfigReader {
  /// The layers that have 0 in `no_rope_layers`, or each of `no_rope_layer_interval`.
  fileprivate func unrotatedLayers(of plan: ModelPlan) throws(ModelError) -> Set<Int> {
    if let flags = try numbers("no_rope_layers") {
      guard flags.count >= plan.layerCount else {
        throw .outOfRange(
          key: path("no_rope_layers"), value: "\(flags.count) layers", allowed: "\(plan.layerCount) or more")
      }
      return Set(flags.indices.filter { $0 < plan.layerCount && flags[$0] == 0 })
    }
    let interval = try integer("no_rope_layer_interval") ?? 4
    guard interval > 0 else {
      throw .outOfRange(key: path("no_rope_layer_interval"), value: "\(interval)", allowed: "1 or more")
    }
    return Set((0..<Swift.max(plan.layerCount, 0)).filter { ($0 + 1) % interval == 0 })
  }
}
