internal import KTOCore
package import KTOHub
internal import KTOKernels
package import KTOModels

/// An adapter as a user names it, with the model that it is for: what is exported or merged.
package struct AdapterFile {
  private let adapter: LoRAAdapter
  private let model: ModelFolder
  private let plan: ModelPlan
  /// What may be wrong with the adapter for this model.
  package let warnings: [String]

  /// The model that an adapter says it was trained on; nil where it says none.
  /// - Throws: `AdapterError`, `CheckpointError`, `TensorFileError`, `FileError`.
  package static func baseModel(of path: String) throws -> String? { try AdapterSource(path).baseName }

  /// - Parameters:
  ///   - path: a folder in PEFT's form, a file of it or a checkpoint.
  ///   - model: its config.json says what the adapter's tensors are called.
  /// - Throws: `AdapterError`, `CheckpointError`, `ModelError`, `HubError`, `TensorFileError`, `FileError`.
  package init(_ path: String, for model: ModelFolder) throws {
    let source = try AdapterSource(path)
    _ = try model.required("config.json")
    plan = try ModelPlan(folder: model.path)
    adapter = try source.adapter(for: plan, of: model)
    warnings = source.warnings(for: model)
    self.model = model
  }

  /// Writes the adapter in a form that another program reads.
  /// - Throws: `FileError`, `TensorFileError`, `AdapterError`.
  package func export(as form: any AdapterExport.Type, to folder: String, force: Bool) throws {
    try makeDirectory(folder)
    let base = AdaptedModel(name: model.name, revision: model.hubCommit, plan: plan)
    try form.write(adapter, for: base, to: folder, force: force)
  }

  /// Writes the model with the adapter in its weights, and the other files of the model beside them.
  /// - Parameter progress: hears how many tensors are done, and of how many.
  /// - Returns: how many tensors the adapter changed.
  /// - Throws: `FileError`, `TensorFileError`, `ModelError`, `HubError`.
  package func merge(
    as type: TensorType, to folder: String, force: Bool, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    let weights = try ModelWeights(folder: model.path)
    try makeDirectory(folder)
    let context = ComputeContext(threadCount: try BLASDescription.current().processorCount)
    let count = try MergedModel.write(
      weights, with: adapter, of: plan, as: type, to: folder + "/" + MergedModel.tensorFileName,
      context: context, force: force, progress: progress)
    for file in model.files() where isKept(file.name) {
      guard let path = file.path else { continue }
      try writeFile(folder + "/" + file.name, readFile(path), force: force)
    }
    try writeFile(folder + "/" + ModelCard.fileName, card.text.utf8, force: force)
    // Last, so that a folder without it is not finished.
    let configuration = try configuration(as: type)
    try writeFile(folder + "/config.json", configuration.utf8, force: force)
    return count
  }

  /// Whether a file goes along as it is: tokenizer, template and the like, but neither weights nor what describes them.
  private func isKept(_ name: String) -> Bool {
    let others = ["config.json", "README.md", ".gitattributes", "model.safetensors.index.json"]
    let weights = [
      ".safetensors", ".bin", ".gguf", ".pth", ".pt", ".h5", ".msgpack", ".onnx", ".npz", ".index.json",
      ".lock",
    ]
    return !name.contains("/") && !others.contains(name) && !weights.contains { name.hasSuffix($0) }
  }

  /// config.json with the type that the weights have now.
  private func configuration(as type: TensorType) throws -> String {
    let root = try model.json("config.json")
    let name = type == .bfloat16 ? "bfloat16" : "float32"
    let members = (root?.object?.members ?? []).map { member in
      ["torch_dtype", "dtype"].contains(member.key)
        ? JSONObject.Member(member.key, JSONNode(.string(name))) : member
    }
    return JSONValue.object(JSONObject(members)).indentedText + "\n"
  }

  private var card: ModelCard {
    let shape = adapter.shape
    return ModelCard(
      library: "transformers", baseModel: model.name, title: "\(model.name) with a KTO adapter",
      introduction: "The base model with a LoRA adapter in its weights, put together with kto-data.",
      sections: [
        .init(
          "Made from",
          [
            ("base model", "`\(model.name)`"), ("commit", model.commit.map { "`\($0)`" } ?? "none"),
            (
              "adapter",
              "rank \(shape.rank), alpha \(shape.alpha), on \(shape.targets.map(\.rawValue).joined(separator: ", "))"
            ),
          ])
      ])
  }
}
