internal import KTOCore

/// Gemma 2 with norms of queries and keys in place of the caps, and five layers with a window to each without.
/// Source: arXiv:2503.19786.
package enum Gemma3: Architecture {
  package static let modelTypes = ["gemma3_text"]
  package static let summary = "Gemma 3, text only: norms around each block, five windows to one full layer"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "gemma3", modelClass: "Gemma3ForCausalLM", window: .present,
    numbers: [
      ("final_logit_softcapping", "final_logit_softcapping"),
      ("rope.freq_base_swa", "rope_local_base_freq"),
    ],
    members: { $0.gemmaMembers(largestLayerCount: 62) })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    if let cap = try config.number("attn_logit_softcapping") {
      throw .unsupported(key: "attn_logit_softcapping", value: "\(cap)")
    }
    var plan = try config.gemmaPlan(maximumPositions: 131_072)
    plan.queryKeyNorm = .eachHead
    plan.logitSoftCap = try config.number("final_logit_softcapping")
    let period = try config.integer("sliding_window_pattern") ?? 6
    guard period > 0 else {
      throw .outOfRange(key: "sliding_window_pattern", value: "\(period)", allowed: "1 or more")
    }
    let layers = try config.windowedLayers(of: plan) { ($0 + 1) % period != 0 }
    try config.setWindow(try config.gemmaWindow(), on: layers, of: &plan)
    try config.readGemmaRotary(into: &plan)
    return plan
  }
}

extension ConfigReader {
  /// `rope_parameters` has an object for each type of layer; older files have the keys of Llama, and
  /// `rope_local_base_freq` for the layers with a window.
  fileprivate func readGemmaRotary(into plan: inout ModelPlan) throws(ModelError) {
    let parameters = try object("rope_parameters")
    let olderScaling = try object("rope_scaling")
    let full = try parameters?.object("full_attention")
    let windowed = try parameters?.object("sliding_attention")
    if let parameters, full == nil, windowed == nil, try parameters.rotaryType() != nil {
      throw .unsupported(key: parameters.path("rope_type"), value: "one for all layers")
    }
    for reader in [self, full, windowed, olderScaling] {
      try reader?.refuse("partial_rotary_factor", unless: 1)
    }
    let (olderBase, olderLocalBase) = (try number("rope_theta"), try number("rope_local_base_freq"))
    plan.rotaryBase = try full?.number("rope_theta") ?? olderBase ?? 1_000_000
    plan.windowedRotaryBase = try windowed?.number("rope_theta") ?? olderLocalBase ?? 10_000
    if let scaling = olderScaling ?? full {
      plan.rotaryScaling = try scaling.scaling(positions: plan.maximumPositions)
    }
    if let windowed, try windowed.scaling(positions: plan.maximumPositions) != .none {
      throw .unsupported(
        key: windowed.path("rope_type"), value: excerpt(try windowed.rotaryType() ?? "default"))
    }
  }
}
