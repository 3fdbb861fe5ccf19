internal import KTOCore
internal import KTOKernels

/// A folder in PEFT's form: `adapter_config.json` and `adapter_model.safetensors`, and beside them
/// `lora_adapters.npz` with the same tensors for numpy.
package enum AdapterFolder {
  package static let tensorFileName = "adapter_model.safetensors"
  package static let arrayFileName = "lora_adapters.npz"

  /// The names of the files that `write` writes.
  package static let fileNames = [tensorFileName, arrayFileName, AdapterConfigurationFile.fileName]

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
  /// - Parameter file: another file of the folder than PEFT's that has the tensors, safetensors or npz.
  /// - Throws: `AdapterError`, `LoRAAdapter.Failure`, `TensorFileError`, `FileError`.
  package static func read(
    _ folder: String, file name: String = tensorFileName, for model: ModelPlan
  ) throws -> LoRAAdapter {
    let shape = try AdapterConfigurationFile(folder: folder).shape
    let path = folder + "/" + name
    if name.hasSuffix(".npz") { return try LoRAAdapter(shape, for: model, arrays: path) }
    let file = try SafetensorsFile(path: path)
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
  ///   - baseModel: the model's name, for PEFT.
  ///   - revision: the hub's commit of the model; nil for a model that no hub has.
  ///   - force: whether files of the same names may be replaced.
  package static func write(
    _ adapter: LoRAAdapter, to folder: String, baseModel: String, revision: String?, force: Bool
  ) throws {
    try makeDirectory(folder)
    let tensors = adapter.parameters.layout.tensors
    var writer = try SafetensorsWriter(
      path: folder + "/" + tensorFileName,
      entries: tensors.map { .init(name: $0.name, type: .float32, shape: [$0.rows, $0.columns]) },
      force: force)
    for entry in writer.order {
      guard let values = adapter.parameters[entry.name]?.array else { continue }
      try writer.write(values.span)
    }
    try writer.commit()
    try writeNPZ(
      arrays(adapter.parameters, prefix: ""), to: folder + "/" + arrayFileName, force: force)
    let text = AdapterConfigurationFile.text(
      adapter.shape, baseModel: baseModel, revision: revision)
    try writeFile(folder + "/" + AdapterConfigurationFile.fileName, text.utf8, force: force)
  }

  /// The tensors of a set as arrays named by PEFT's names after a prefix.
  package static func arrays(_ set: ParameterSet, prefix: String) -> [(name: String, array: NPYArray)] {
    set.layout.tensors.map { tensor in
      let values = set[tensor.name]?.array ?? []
      return (prefix + tensor.name, NPYArray(.float32(values), shape: [tensor.rows, tensor.columns]))
    }
  }
}
