internal import KTOKernels

/// A form in which other programs read an adapter.
///
/// A member is one file that holds all that is true of it, and one line in `adapterExports`.
package protocol AdapterExport: Sendable {
  /// What `export-adapter --to` calls it.
  static var name: String { get }
  /// Who reads it, in a phrase.
  static var summary: String { get }
  /// The names of the files that it writes.
  static var fileNames: [String] { get }

  /// Writes the files; the folder is there.
  /// - Parameter force: whether files of the same names may be replaced.
  /// - Throws: `FileError`, `TensorFileError`, `AdapterError`.
  static func write(_ adapter: LoRAAdapter, for model: AdaptedModel, to folder: String, force: Bool) throws
}

/// Every form, in the order of the documentation.
package let adapterExports: [any AdapterExport.Type] = [PEFTExport.self, MLXExport.self, GGUFExport.self]

/// The model that an adapter belongs to.
package struct AdaptedModel: Sendable {
  /// A hub name or a folder.
  package var name: String
  /// The hub's commit; nil for a model that no hub has.
  package var revision: String?
  package var plan: ModelPlan

  package init(name: String, revision: String?, plan: ModelPlan) {
    self.name = name
    self.revision = revision
    self.plan = plan
  }
}

extension LoRAAdapter {
  /// A linear layer that it is on, with its factors.
  struct Factors {
    /// The weight that it is added to.
    let tensor: ModelTensor
    /// The layer's name on the hub, such as `model.layers.0.self_attn.q_proj`.
    let name: String
    /// [rank, in]
    let a: Matrix
    /// [out, rank]
    let b: Matrix
  }

  /// Every linear layer that it is on, in the order of computation.
  func factors(in model: ModelPlan) -> [Factors] {
    let tensors = Dictionary(model.tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return parameters.layout.tensors.filter(\.isB).compactMap { b in
      let name = String(b.name.dropFirst(Self.namePrefix.count).dropLast(".lora_B.weight".count))
      guard let tensor = tensors[name + ".weight"],
        let a = parameters[Self.namePrefix + name + ".lora_A.weight"]
      else { return nil }
      return Factors(tensor: tensor, name: name, a: a, b: parameters.matrix(b))
    }
  }
}

extension Matrix {
  /// Its numbers column by column: those of the transposed matrix, row by row.
  var transposedArray: [Float] {
    var values: [Float] = []
    values.reserveCapacity(count)
    for column in 0..<columns { for row in 0..<rows { values.append(self[row, column]) } }
    return values
  }
}
