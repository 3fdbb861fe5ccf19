internal import KTOCore
internal import KTOKernels

/// A folder that PEFT and mlx-lm load alike: `adapter_config.json`, `adapter_model.safetensors` for the one,
/// `adapters.safetensors` for the other, and beside them `lora_adapters.npz` with the same tensors for numpy and a model
/// card, `README.md`.
package enum AdapterFolder {
  package static let tensorFileName = PEFTExport.tensorFileName
  package static let arrayFileName = "lora_adapters.npz"

  /// The names of the files that `write` writes.
  package static let fileNames = [
    tensorFileName, MLXExport.tensorFileName, arrayFileName, AdapterConfigurationFile.fileName,
    ModelCard.fileName,
  ]

  /// The file of a folder that has the tensors: PEFT's, or mlx-lm's where that is alone.
  package static func tensorFile(in folder: String) -> String {
    let hasOwn = fileKind(folder + "/" + tensorFileName) == .file
    let hasOther = fileKind(folder + "/" + MLXExport.tensorFileName) == .file
    return !hasOwn && hasOther ? MLXExport.tensorFileName : tensorFileName
  }

  /// Whether a folder has what says the shape of an adapter.
  package static func isAdapter(_ folder: String) -> Bool {
    fileKind(folder + "/" + AdapterConfigurationFile.fileName) == .file
  }

  /// What a folder says of the model that its adapter was trained on.
  /// - Throws: `AdapterError`, `FileError`.
  package static func base(_ folder: String) throws -> AdapterBase {
    try AdapterConfigurationFile(folder: folder).base
  }

  /// Reads an adapter that PEFT, or this tool, saved.
  /// - Parameter file: another file of the folder than PEFT's that has the tensors: mlx-lm's, safetensors or npz.
  /// - Throws: `AdapterError`, `LoRAAdapter.Failure`, `TensorFileError`, `FileError`.
  package static func read(
    _ folder: String, file name: String = tensorFileName, for model: ModelPlan
  ) throws -> LoRAAdapter {
    let shape = try AdapterConfigurationFile(folder: folder).shape(for: model)
    let path = folder + "/" + name
    if name.hasSuffix(".npz") { return try LoRAAdapter(shape, for: model, arrays: path) }
    let file = try SafetensorsFile(path: path)
    if name == MLXExport.tensorFileName { return try MLXExport.read(file, shape, for: model) }
    let adapter = try LoRAAdapter(shape, for: model) { name in
      guard let info = file.tensors.first(where: { $0.name == name }) else { return nil }
      var values = [Float](repeating: 0, count: info.elementCount)
      var span = values.mutableSpan
      try file.read(name, into: &span)
      return (info.shape, values)
    }
    try adapter.requireEvery(file.tensors.map(\.name), of: path)
    return adapter
  }

  /// Writes the folder; the configuration comes last, so a folder without it is not finished.
  /// - Parameters:
  ///   - card: what README.md says; nil writes none.
  ///   - force: whether files of the same names may be replaced.
  package static func write(
    _ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, card: ModelCard? = nil, force: Bool
  ) throws {
    try makeDirectory(folder)
    try PEFTExport.writeTensors(adapter, to: folder + "/" + tensorFileName, force: force)
    try MLXExport.writeTensors(adapter, to: folder + "/" + MLXExport.tensorFileName, force: force)
    try writeNPZ(
      arrays(adapter.parameters, prefix: ""), to: folder + "/" + arrayFileName, force: force)
    if let card { try writeFile(folder + "/" + ModelCard.fileName, card.text.utf8, force: force) }
    try AdapterConfigurationFile.write(adapter, for: model, to: folder, force: force)
  }

  /// The tensors of a set as arrays named by PEFT's names after a prefix.
  package static func arrays(_ set: ParameterSet, prefix: String) -> [(name: String, array: NPYArray)] {
    set.layout.tensors.map { tensor in
      let values = set[tensor.name]?.array ?? []
      return (prefix + tensor.name, NPYArray(.float32(values), shape: [tensor.rows, tensor.columns]))
    }
  }
}
