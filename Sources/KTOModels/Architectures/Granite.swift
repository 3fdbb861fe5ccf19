internal import KTOCore

/// Llama with scales on embeddings, scores, residuals and logits. Source: Granite 3.0; muP, arXiv:2203.03466.
package enum Granite: Architecture {
  package static let modelTypes = ["granite"]
  package static let summary = "Granite 3, dense: Llama with scales on embeddings, scores and logits"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "granite", modelClass: "GraniteForCausalLM", interleavesHeads: true,
    optionalBiases: GGUFForm.llamaBiases,
    numbers: [
      ("attention.scale", "attention_multiplier"), ("embedding_scale", "embedding_multiplier"),
      ("residual_scale", "residual_multiplier"), ("logit_scale", "logits_scaling"),
    ])

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    var plan = try config.decoderPlan(maximumPositions: 2048)
    try config.readRotary(into: &plan)
    try config.readBiases(into: &plan)
    plan.embeddingScale = try config.number("embedding_multiplier") ?? 1
    plan.attentionScale = try config.number("attention_multiplier") ?? 1
    plan.residualScale = try config.number("residual_multiplier") ?? 1
    plan.logitScale = 1 / (try config.number("logits_scaling") ?? 1)
    return plan
  }
}
