internal import KTOCore
package import KTOModels

extension CheckpointFile {
  /// Whether an archive is a checkpoint, whatever its name is.
  /// - Throws: `TensorFileError`, `FileError`.
  package static func isCheckpoint(_ path: String) throws -> Bool {
    try NPZReader(path: path).contains("metadata")
  }

  /// The adapter that a checkpoint holds.
  /// - Throws: `CheckpointError`, `AdapterError`, `LoRAAdapter.Failure`, `TensorFileError`, `FileError`.
  package static func adapter(_ path: String, for model: ModelPlan) throws -> LoRAAdapter {
    let identity = try identity(of: path)
    let names = identity["lora.target_modules"]?.array?.compactMap(\.string) ?? []
    guard let rank = identity["lora.rank"]?.int, let alpha = identity["lora.alpha"]?.double,
      let dropout = identity["lora.dropout"]?.double,
      let targets = try? LoRAModule.chosen(by: names, in: model)
    else { throw CheckpointError.invalid(path: path, array: "metadata") }
    let shape = AdapterShape(
      rank: rank, alpha: alpha, dropout: dropout, targets: targets,
      layers: identity["lora.layers"]?.string.map { LayerRanges.layers($0) ?? [] },
      isRankStabilized: identity["lora.rslora"]?.bool ?? false)
    return try LoRAAdapter(shape, for: model, arrays: path, prefix: "adapter.")
  }

  /// What a checkpoint says of the model that its adapter is trained on.
  /// - Throws: `CheckpointError`, `TensorFileError`, `FileError`.
  package static func base(_ path: String) throws -> AdapterBase {
    let identity = try identity(of: path)
    return AdapterBase(name: identity["model.name"]?.string, commit: identity["model.commit"]?.string)
  }
}
