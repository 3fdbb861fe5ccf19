package import KTOCore

/// The architectures that can be loaded and trained.
package enum Architectures {
  package static let all: [any Architecture.Type] = [
    Llama.self, Mistral.self, Qwen2.self, Qwen3.self, SmolLM3.self, Phi3.self, Granite.self, Olmo2.self,
    Gemma2.self, Gemma3.self,
  ]

  /// Every `model_type` that can be read.
  package static var modelTypes: [String] { all.flatMap { $0.modelTypes } }

  /// The architecture of a `model_type`.
  package static func named(_ modelType: String) -> (any Architecture.Type)? {
    all.first { $0.modelTypes.contains(modelType) }
  }
}

extension ModelPlan {
  /// Reads a parsed `config.json`.
  ///
  /// Keys that do not bear on the computation are passed over. What would change it and is not computed here is
  /// refused by name.
  package init(json: JSONNode) throws(ModelError) {
    guard json.object != nil else { throw .wrongType(key: "", expected: "an object") }
    let config = ConfigReader(json)
    let modelType = try config.text("model_type") ?? ""
    guard let architecture = Architectures.named(modelType) else {
      throw .unsupported(key: "model_type", value: excerpt(modelType))
    }
    self = try architecture.plan(config)
    self.modelType = modelType
    try check()
  }
}
