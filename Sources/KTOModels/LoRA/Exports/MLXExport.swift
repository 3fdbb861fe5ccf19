internal import KTOKernels

/// `adapters.safetensors` with mlx-lm's names, lora_a [in, rank] and lora_b [rank, out].
package enum MLXExport: AdapterExport {
  package static let name = "mlx"
  package static let summary = "mlx-lm and mlx-swift"
  static let tensorFileName = "adapters.safetensors"
  package static let fileNames = [tensorFileName, AdapterConfigurationFile.fileName]

  package static func write(
    _ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, force: Bool
  ) throws {
    try writeTensors(adapter, to: folder + "/" + tensorFileName, force: force)
    try AdapterConfigurationFile.write(adapter, for: model, to: folder, force: force)
  }

  /// Reads what mlx-lm, or this tool, saved.
  static func read(_ file: SafetensorsFile, _ shape: AdapterShape, for model: ModelPlan) throws -> LoRAAdapter
  {
    var known: Set<String> = []
    let adapter = try LoRAAdapter(shape, for: model) { name in
      let own = ownName(name)
      known.insert(own)
      guard let info = file.tensors.first(where: { $0.name == own }), info.shape.count == 2 else {
        return nil
      }
      var values = [Float](repeating: 0, count: info.elementCount)
      var span = values.mutableSpan
      try file.read(own, into: &span)
      let matrix = Matrix(values, rows: info.shape[0], columns: info.shape[1])
      return ([matrix.columns, matrix.rows], matrix.transposedArray)
    }
    if let extra = file.tensors.first(where: { !known.contains($0.name) }) {
      throw AdapterError.unknownTensor(path: file.path, name: extra.name)
    }
    return adapter
  }

  /// mlx-lm's name of a tensor that PEFT has a name for.
  private static func ownName(_ name: String) -> String {
    String(name.dropFirst(LoRAAdapter.namePrefix.count))
      .replacing(".lora_A.weight", with: ".lora_a").replacing(".lora_B.weight", with: ".lora_b")
  }

  static func writeTensors(_ adapter: LoRAAdapter, to path: String, force: Bool) throws {
    try writeSafetensors(
      adapter.parameters.layout.tensors.map { tensor in
        let values = adapter.parameters.matrix(tensor).transposedArray
        return (name: ownName(tensor.name), shape: [tensor.columns, tensor.rows], values: values)
      }, to: path, metadata: ["format": "mlx"], force: force)
  }
}
