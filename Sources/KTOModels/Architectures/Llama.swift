/// Llama 2 and 3. Sources: arXiv:2307.09288, arXiv:2407.21783.
package enum Llama: Architecture {
  package static let modelTypes = ["llama"]
  package static let summary = "Llama 2 and 3 and what is built alike, such as SmolLM2 and TinyLlama"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "llama", modelClass: "LlamaForCausalLM", interleavesHeads: true,
    optionalBiases: GGUFForm.llamaBiases)

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    try config.refuseFlags("attention_bias", "mlp_bias")
    if let shards = try config.integer("pretraining_tp"), shards != 1 {
      throw .unsupported(key: "pretraining_tp", value: "\(shards)")
    }
    return try config.decoderPlan(maximumPositions: 2048)
  }
}
