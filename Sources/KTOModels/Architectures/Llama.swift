/// Llama 2 and 3. Sources: arXiv:2307.09288, arXiv:2407.21783.
package enum Llama: Architecture {
  package static let modelTypes = ["llama"]
  package static let summary = "Llama 2 and 3 and what is built alike, such as SmolLM2 and TinyLlama"

  package static let gguf: GGUFForm? = GGUFForm(
    name: "llama", modelClass: "LlamaForCausalLM", interleavesHeads: true,
    optionalBiases: GGUFForm.llamaBiases)

  package static func plan(_ config: ConfigReader) throws(ModelError) -> ModelPlan {
    try config.refuse("pretraining_tp", unless: 1)
    var plan = try config.decoderPlan(maximumPositions: 2048)
    try config.readRotary(into: &plan)
    try config.readBiases(into: &plan)
    return plan
  }
}
