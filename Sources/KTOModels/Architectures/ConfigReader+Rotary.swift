internal import Glibc
internal import KTOCore

extension ConfigReader {
  /// `rope_theta` and `rope_scaling`, or `rope_parameters`, which is the newer place of both.
  ///
  /// - Parameter base: where `rope_theta` is absent.
  func readRotary(into plan: inout ModelPlan, base: Double = 10_000) throws(ModelError) {
    let newer = try object("rope_parameters")
    let parameters = try object("rope_scaling") ?? newer
    let olderBase = try number("rope_theta")
    plan.rotaryBase = try parameters?.number("rope_theta") ?? olderBase ?? base
    for reader in [self, parameters] { try reader?.refuse("partial_rotary_factor", unless: 1) }
    if let parameters {
      plan.rotaryScaling = try parameters.scaling(positions: plan.maximumPositions)
    }
  }

  /// The scaling that this object describes.
  ///
  /// - Parameter positions: the model's, which are those of before the scaling where nothing else is said.
  func scaling(positions: Int) throws(ModelError) -> RotaryScaling {
    let name = try rotaryType() ?? "default"
    switch name {
    case "default": return .none
    // It stretches what is longer than the model's positions, and nothing is longer here.
    case "dynamic":
      _ = try requiredNumber("factor")
      return .none
    case "linear": return .linear(factor: try requiredNumber("factor"))
    case "llama3":
      return .llama3(
        factor: try requiredNumber("factor"), lowFrequencyFactor: try requiredNumber("low_freq_factor"),
        highFrequencyFactor: try requiredNumber("high_freq_factor"),
        originalPositions: try integer("original_max_position_embeddings") ?? positions)
    case "yarn": return .yarn(try yarn(positions: positions))
    default: throw .unsupported(key: path("rope_type"), value: excerpt(name))
    }
  }

  /// `rope_type`, or `type` as it was called.
  func rotaryType() throws(ModelError) -> String? {
    let olderName = try text("type")
    return try text("rope_type") ?? olderName
  }

  private func yarn(positions: Int) throws(ModelError) -> YarnScaling {
    let original = try integer("original_max_position_embeddings") ?? positions
    let factor = try number("factor") ?? Double(positions) / Double(Swift.max(original, 1))
    var attentionFactor = YarnScaling.advisedAttentionFactor(factor)
    let (scale, allScale) = (try number("mscale") ?? 0, try number("mscale_all_dim") ?? 0)
    if scale != 0, allScale != 0 {
      attentionFactor =
        YarnScaling.advisedAttentionFactor(factor, scale: scale)
        / YarnScaling.advisedAttentionFactor(factor, scale: allScale)
    }
    var yarn = YarnScaling(
      factor: factor, originalPositions: original,
      attentionFactor: try number("attention_factor") ?? attentionFactor)
    // 0 stands for the default too.
    if let fast = try number("beta_fast"), fast != 0 { yarn.fastRotations = fast }
    if let slow = try number("beta_slow"), slow != 0 { yarn.slowRotations = slow }
    yarn.roundsBounds = try flag("truncate") ?? true
    return yarn
  }
}
