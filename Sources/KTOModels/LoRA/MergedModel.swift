internal import KTOCore
package import KTOKernels

/// A model with an adapter put into its weights: W + scale · B A, which any program loads as a model of its own.
package enum MergedModel {
  package static let tensorFileName = "model.safetensors"

  /// Writes the weights, tensor by tensor.
  /// - Parameters:
  ///   - weights: the base model's.
  ///   - type: F32 or BF16. The sum is made in float32 and rounded once.
  ///   - path: of the safetensors file.
  ///   - progress: hears how many tensors are done, and of how many.
  /// - Returns: how many tensors the adapter changed.
  /// - Throws: `TensorFileError`, `FileError`; `ModelError.missingTensor` where the weights lack one that it is on.
  package static func write(
    _ weights: ModelWeights, with adapter: LoRAAdapter, of plan: ModelPlan, as type: TensorType,
    to path: String, context: ComputeContext, force: Bool, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Int {
    let changed = Dictionary(
      adapter.factors(in: plan).map { ($0.tensor.name, $0) }, uniquingKeysWith: { first, _ in first })
    if let missing = changed.keys.sorted().first(where: { !weights.contains($0) }) {
      throw ModelError.missingTensor(missing)
    }
    let entries = try weights.names.map { name in
      SafetensorsWriter.Entry(name: name, type: type, shape: try weights.info(name).shape)
    }
    var writer = try SafetensorsWriter(path: path, entries: entries, force: force)
    for (number, entry) in writer.order.enumerated() {
      var values = try weights.read(entry.name)
      if let factors = changed[entry.name] {
        let sum = Matrix(values, rows: factors.b.rows, columns: factors.a.columns)
        context.multiply(
          factors.b, .normal, factors.a, .normal, into: sum, scale: adapter.shape.scale, keep: 1)
        values = sum.array
      }
      try writer.write(values.span)
      progress(number + 1, entries.count)
    }
    try writer.commit()
    return changed.count
  }
}
