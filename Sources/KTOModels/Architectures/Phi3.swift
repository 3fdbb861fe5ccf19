internal import Glibc
internal import KTOCore

/// Llama with queries, keys and values in one linear layer, and gate and up in another. Source: arXiv:2404.14219.
package enum Phi3: Architecture {
  package static let modelTypes = ["phi3"]
  package static let summary = "Phi-3 to Phi-4: Llama with fused linear layers (qkv_proj, gate_up_proj)"

  /// Files with factors for long texts have these as tensors, which are refused.
  package static let gguf: GGUFForm? = GGUFForm(
    name: "phi3", modelClass: "Phi3ForCausalLM", window: .presentOrZero, rotatesParts: true,
    members: { sizes in
      [
        ("original_max_position_embeddings", .integer(sizes.contextLength)),
        ("partial_rotary_factor", .double(Double(sizes.rotaryDimension) / Double(sizes.headSize))),
        ("sliding_window", sizes.slidingWindow.map { .integer($0) } ?? .null),
      ]
    })

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(maximumPositions: 4096, normEpsilon: 1e-5)
    (plan.hasFusedQueryKeyValue, plan.hasFusedGateUp) = (true, true)
    plan.slidingWindow = try config.integer("sliding_window")
    try config.readPhiRotary(into: &plan)
    return plan
  }
}

extension ConfigReader {
  fileprivate func readPhiRotary(into plan: inout ModelPlan) throws(ModelError) {
    let newer = try object("rope_parameters")
    let parameters = try object("rope_scaling") ?? newer
    let olderBase = try number("rope_theta")
    plan.rotaryBase = try parameters?.number("rope_theta") ?? olderBase ?? 10_000
    let olderShare = try number("partial_rotary_factor")
    let share = try parameters?.number("partial_rotary_factor") ?? olderShare ?? 1
    guard share > 0, share <= 1 else {
      throw .outOfRange(key: path("partial_rotary_factor"), value: "\(share)", allowed: "above 0, at most 1")
    }
    if share != 1 { plan.rotaryDimension = Int(Double(plan.headDimension) * share) }
    guard let parameters else { return }
    switch try parameters.rotaryType() ?? "default" {
    case "default": return
    case "longrope", "su", "yarn":
      let original = try integer("original_max_position_embeddings") ?? 4096
      plan.rotaryScaling = try parameters.longRope(positions: plan.maximumPositions, original: original)
      // Beyond these, other factors hold for every position of a text, so that a longer text is another computation.
      plan.maximumPositions = Swift.min(plan.maximumPositions, original)
    case let name: throw .unsupported(key: parameters.path("rope_type"), value: excerpt(name))
    }
  }

  /// The factors for texts within the original positions.
  private func longRope(positions: Int, original: Int) throws(ModelError) -> RotaryScaling {
    guard original > 1 else {
      throw .outOfRange(key: "original_max_position_embeddings", value: "\(original)", allowed: "2 or more")
    }
    guard let factors = try numbers("short_factor") else { throw .missingKey(path("short_factor")) }
    let factor = try number("factor") ?? Double(positions) / Double(original)
    let advised = factor <= 1 ? 1 : (1 + log(factor) / log(Double(original))).squareRoot()
    return .longRope(factors: factors, attentionFactor: try number("attention_factor") ?? advised)
  }
}
