internal import KTOKernels

/// `adapter_model.safetensors` with PEFT's names, A [rank, in] and B [out, rank].
package enum PEFTExport: AdapterExport {
  package static let name = "peft"
  package static let summary = "PEFT, transformers and what stands on them, such as vLLM"
  static let tensorFileName = "adapter_model.safetensors"
  package static let fileNames = [tensorFileName, AdapterConfigurationFile.fileName]

  package static func write(
    _ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, force: Bool
  ) throws {
    try writeTensors(adapter, to: folder + "/" + tensorFileName, force: force)
    try AdapterConfigurationFile.write(adapter, for: model, to: folder, force: force)
  }

  static func writeTensors(_ adapter: LoRAAdapter, to path: String, force: Bool) throws {
    let tensors = adapter.parameters.layout.tensors
    var writer = try SafetensorsWriter(
      path: path,
      entries: tensors.map { .init(name: $0.name, type: .float32, shape: [$0.rows, $0.columns]) },
      force: force)
    for entry in writer.order {
      guard let values = adapter.parameters[entry.name]?.array else { continue }
      try writer.write(values.span)
    }
    try writer.commit()
  }
}
