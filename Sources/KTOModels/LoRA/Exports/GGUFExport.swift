internal import KTOCore
internal import KTOKernels

/// `adapter.gguf`, the adapter that llama.cpp's `--lora` takes: float32, with the names and the order of rows of its models.
package enum GGUFExport: AdapterExport {
  package static let name = "gguf"
  package static let summary = "llama.cpp and what stands on it, such as Ollama"
  static let tensorFileName = "adapter.gguf"
  package static let fileNames = [tensorFileName]

  package static func write(
    _ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, force: Bool
  ) throws {
    guard let form = Architectures.named(model.plan.modelType)?.gguf else {
      throw AdapterError.noForm(name: name, modelType: model.plan.modelType)
    }
    let metadata: [(String, GGUFValue)] = [
      ("general.architecture", .string(form.name)), ("general.type", .string("adapter")),
      ("general.name", .string(model.name)), ("adapter.type", .string("lora")),
      // llama.cpp scales by alpha / rank and knows no other way.
      ("adapter.lora.alpha", .float32(adapter.shape.scale * Float(adapter.shape.rank))),
    ]
    var tensors: [GGUFWriter.Tensor] = []
    for factors in adapter.factors(in: model.plan) {
      let b = try rows(of: factors, form, model.plan)
      tensors += [
        .init(
          name: factors.tensor.ggufName + ".lora_a", shape: [factors.a.rows, factors.a.columns],
          values: factors.a.array),
        .init(
          name: factors.tensor.ggufName + ".lora_b", shape: [factors.b.rows, factors.b.columns], values: b),
      ]
    }
    try GGUFWriter.write(metadata, tensors, to: folder + "/" + tensorFileName, force: force)
  }

  /// B with its rows where llama.cpp has the weight's.
  private static func rows(
    of factors: LoRAAdapter.Factors, _ form: GGUFForm, _ plan: ModelPlan
  ) throws -> [Float] {
    let heads: Int? =
      switch factors.tensor.role {
      case .query where form.interleavesHeads: plan.headCount
      case .key where form.interleavesHeads: plan.keyHeadCount
      default: nil
      }
    guard let heads else { return factors.b.array }
    var values = [Float](repeating: 0, count: factors.b.count)
    let (rank, headSize) = (factors.b.columns, factors.b.rows / heads)
    for row in 0..<factors.b.rows {
      let target = GGUFModel.sourceRow(of: row, headSize: headSize)
      for column in 0..<rank { values[target * rank + column] = factors.b[row, column] }
    }
    return values
  }
}
