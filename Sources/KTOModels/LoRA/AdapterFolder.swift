internal import KTOCore
internal import KTOKernels

/// A folder in PEFT's form: `adapter_config.json` and `adapter_model.safetensors`, and beside them
/// `lora_adapters.npz` with the same tensors for numpy.
package enum AdapterFolder {
  package static let tensorFileName = "adapter_model.safetensors"
  package static let arrayFileName = "lora_adapters.npz"

  /// Reads an adapter that PEFT, or this tool, saved.
  /// - Throws: `AdapterError`, `LoRAAdapter.Failure`, `TensorFileError`, `FileError`.
  package static func read(_ folder: String, for model: ModelPlan) throws -> LoRAAdapter {
    let shape = try AdapterConfigurationFile(folder: folder).shape
    let path = folder + "/" + tensorFileName
    let file = try SafetensorsFile(path: path)
    let adapter = try LoRAAdapter(shape, for: model) { name in
      guard let info = file.tensors.first(where: { $0.name == name }) else { return nil }
      var values = [Float](repeating: 0, count: info.elementCount)
      var span = values.mutableSpan
      try file.read(name, into: &span)
      return (info.shape, values)
    }
    let known = Set(adapter.parameters.layout.tensors.map(\.name))
    if let extra = file.tensors.first(where: { !known.contains($0.name) }) {
      throw AdapterError.unknownTensor(path: path, name: extra.name)
    }
    return adapter
  }

  /// Writes the folder; the configuration comes last, so a folder without it is not finished.
  /// - Parameters:
  ///   - baseModel: the model's name, for PEFT.
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
