internal import KTOCore
package import KTOHub
package import KTOKernels

extension ModelWeights: WeightSource {
  package func shape(of name: String) -> [Int]? {
    contains(name) ? try? info(name).shape : nil
  }
}

extension ModelPlan {
  /// Reads `config.json` of a model folder.
  /// - Throws: `FileError`, `JSONSyntaxError`, `ModelError`.
  package init(folder: String) throws {
    let bytes = try readFile(folder + "/config.json", limit: 1 << 20)
    var parser = JSONParser(maxDepth: 32)
    try self.init(json: parser.parse(bytes))
  }
}

extension CausalLM {
  /// Loads a model of the cache, or of a folder, once all of its files are there and lie where they may.
  /// - Throws: `HubError`, and what `init(folder:context:byteLimit:)` throws.
  package convenience init(model: ModelFolder, context: ComputeContext, byteLimit: Int? = nil) throws {
    let weights = try model.weightFiles()
    for file in ["config.json"] + (weights.isEmpty ? ["model.safetensors"] : weights) {
      _ = try model.required(file)
    }
    try self.init(folder: model.path, context: context, byteLimit: byteLimit)
  }

  /// Loads the plan and the safetensors of a model folder into float32.
  ///
  /// - Parameter byteLimit: what the weights may take in memory; nil for no limit.
  /// - Throws: `FileError`, `TensorFileError`, `JSONSyntaxError`, `ModelError`.
  package convenience init(folder: String, context: ComputeContext, byteLimit: Int? = nil) throws {
    try self.init(
      ModelPlan(folder: folder), weights: ModelWeights(folder: folder), context: context,
      byteLimit: byteLimit)
  }
}
