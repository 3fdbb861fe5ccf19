internal import KTOCore
internal import KTOKernels

/// Low-rank matrices on some linear layers of a model.
package struct LoRAAdapter {
  package let shape: AdapterShape
  package let parameters: ParameterSet
  /// By layer, then by the module's ordinal: where A lies among the layout's tensors; B follows it.
  private let index: [[Int?]]
  /// What PEFT's names have before those of the hub.
  static let namePrefix = "base_model.model."

  package enum Failure: Error, Equatable, Sendable {
    case rankOutOfRange(Int)
    case dropoutOutOfRange(Double)
    case alphaOutOfRange(Double)
    case noTargets
    /// The model has no layer of that number.
    case layerOutOfRange(Int, count: Int)
    /// The model has no linear layer of that name; it has those others.
    case missingModule(String, available: [String])
    case missingTensor(String)
    case tensorShape(name: String, expected: [Int], found: [Int])
  }

  /// A new adapter that changes nothing yet: A uniform as PEFT draws it, B zero.
  ///
  /// A ~ U(−1/√in, 1/√in), which is Kaiming's uniform with a = √5. Each tensor has a stream of its own.
  package init(
    _ shape: AdapterShape, for model: ModelPlan, seed: UInt64
  ) throws(Failure) {
    try self.init(zero: shape, for: model)
    for (stream, tensor) in parameters.layout.tensors.enumerated()
    where tensor.name.hasSuffix("lora_A.weight") {
      var generator = SeededGenerator(seed: seed, stream: UInt64(stream) &+ 0x4C6F_5241)
      let bound = 1 / Double(tensor.columns).squareRoot()
      let matrix = parameters.matrix(tensor)
      for row in 0..<tensor.rows {
        for column in 0..<tensor.columns {
          matrix[row, column] = Float((2 * generator.nextUnit() - 1) * bound)
        }
      }
    }
  }

  /// An adapter whose tensors are read by PEFT's names.
  /// - Parameter tensor: the shape and values of a tensor, row by row; nil if there is none of that name.
  package init(
    _ shape: AdapterShape, for model: ModelPlan,
    tensor: (String) throws -> (shape: [Int], values: [Float])?
  ) throws {
    try self.init(zero: shape, for: model)
    for expected in parameters.layout.tensors {
      guard let found = try tensor(expected.name) else { throw Failure.missingTensor(expected.name) }
      guard found.shape == [expected.rows, expected.columns],
        found.values.count == expected.rows * expected.columns
      else {
        throw Failure.tensorShape(
          name: expected.name, expected: [expected.rows, expected.columns], found: found.shape)
      }
      parameters.matrix(expected).copy(from: found.values)
    }
  }

  private init(zero shape: AdapterShape, for model: ModelPlan) throws(Failure) {
    guard (1...4096).contains(shape.rank) else { throw .rankOutOfRange(shape.rank) }
    guard shape.dropout >= 0, shape.dropout < 1 else {
      throw .dropoutOutOfRange(shape.dropout)
    }
    guard shape.alpha.isFinite else { throw .alphaOutOfRange(shape.alpha) }
    guard !shape.targets.isEmpty else { throw .noTargets }
    var layout = ParameterLayout()
    var index: [[Int?]] = []
    let targets = AdapterTargets(ModelParts(model))
    if let layers = shape.layers {
      if layers.isEmpty { throw .noTargets }
      if let layer = layers.first(where: { !(0..<targets.layerCount).contains($0) }) {
        throw .layerOutOfRange(layer, count: targets.layerCount)
      }
    }
    for layer in 0..<targets.layerCount {
      var places = [Int?](repeating: nil, count: LoRAModule.allCases.count)
      for module in shape.hasLayer(layer) ? shape.targets : [] {
        guard let target = targets[layer, module] else {
          throw .missingModule(module.rawValue, available: model.adapterModules.map(\.rawValue))
        }
        let name = Self.namePrefix + target.name
        places[module.ordinal] = layout.tensors.count
        layout.append(name + ".lora_A.weight", rows: shape.rank, columns: target.input)
        layout.append(name + ".lora_B.weight", rows: target.output, columns: shape.rank)
      }
      index.append(places)
    }
    self.shape = shape
    self.index = index
    parameters = ParameterSet(layout)
  }

  /// A: [rank, in] and B: [out, rank] of a module, within a set that has this adapter's layout.
  func factors(_ layer: Int, _ module: LoRAModule, in set: ParameterSet) -> (a: Matrix, b: Matrix)? {
    guard let place = index[layer][module.ordinal] else { return nil }
    return (set.matrix(set.layout.tensors[place]), set.matrix(set.layout.tensors[place + 1]))
  }

  /// Whether every B is zero, so that the model computes what it computes without the adapter.
  package var changesNothing: Bool {
    parameters.layout.tensors.allSatisfy { tensor in
      !tensor.isB || parameters.matrix(tensor).array.allSatisfy { $0 == 0 }
    }
  }

  func hasModule(_ layer: Int, in modules: [LoRAModule]) -> Bool {
    modules.contains { index[layer][$0.ordinal] != nil }
  }

  /// Whether each of its factors has the size that a model's linear layer calls for.
  func fits(_ targets: AdapterTargets) -> Bool {
    guard index.count == targets.layerCount else { return false }
    return index.indices.filter(shape.hasLayer).allSatisfy { layer in
      shape.targets.allSatisfy { module in
        guard let (a, b) = factors(layer, module, in: parameters), let target = targets[layer, module] else {
          return false
        }
        return a.columns == target.input && b.rows == target.output
      }
    }
  }
}

extension LoRAAdapter.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rankOutOfRange(let rank): "LoRA rank \(rank): must be from 1 to 4096"
    case .dropoutOutOfRange(let rate): "LoRA dropout \(rate): must be 0 or more and below 1"
    case .alphaOutOfRange(let alpha): "LoRA alpha \(alpha): must be a finite number"
    case .noTargets: "LoRA has no target modules, or no layers"
    case .layerOutOfRange(let layer, let count):
      "LoRA is to be on layer \(layer), but the model has layers 0 to \(count - 1)"
    case .missingModule(let name, let available):
      "the model has no \(name) to put LoRA on; it has \(available.joined(separator: ", "))"
    case .missingTensor(let name): "the adapter lacks the tensor \(name)"
    case .tensorShape(let name, let expected, let found):
      "the adapter's tensor \(name) has shape \(found), but the model calls for \(expected)"
    }
  }
}
