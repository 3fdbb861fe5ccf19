internal import KTOKernels

/// A frozen tensor that a plan calls for.
package struct ModelTensor: Sendable, Equatable {
  package let role: TensorRole
  /// nil for what belongs to no layer.
  package let layer: Int?
  package let isBias: Bool
  /// As the hub has it.
  package let name: String
  /// As GGUF files have it.
  package let ggufName: String
  /// Sizes, slowest dimension first.
  package let shape: [Int]
  /// What is added to each of its numbers as it is read.
  package let offset: Float

  var count: Int { shape.reduce(1, *) }
}

/// Where a tensor, or several that lie one after another, begins among a model's weights, and its form there.
struct WeightPlace: Sendable, Equatable {
  let offset: Int
  let rows: Int
  let columns: Int

  /// Matrices of one width that lie one after another, as one matrix: a linear layer that computes all their outputs.
  static func stacked(_ places: [WeightPlace]) -> WeightPlace {
    joined(places, rows: places.reduce(0) { $0 + $1.rows }, columns: places[0].columns)
  }

  /// Vectors that lie one after another, as one vector.
  static func chained(_ places: [WeightPlace]) -> WeightPlace {
    joined(places, rows: 1, columns: places.reduce(0) { $0 + $1.columns })
  }

  private static func joined(_ places: [WeightPlace], rows: Int, columns: Int) -> WeightPlace {
    for (place, next) in zip(places, places.dropFirst()) {
      precondition(place.offset + place.rows * place.columns == next.offset, "weights apart")
    }
    return WeightPlace(offset: places[0].offset, rows: rows, columns: columns)
  }
}

/// The tensors of a model in the order in which they lie in memory.
///
/// Whoever adds a tensor receives its place, so that names, shapes and places cannot come apart.
struct WeightLayout {
  private let names: TensorNames
  private(set) var tensors: [ModelTensor] = []
  /// Floats in all.
  private(set) var count = 0

  init(names: TensorNames) { self.names = names }

  /// A linear layer's weight, [out, in], or the embedding, [vocabulary, hidden].
  mutating func matrix(_ role: TensorRole, layer: Int? = nil, rows: Int, columns: Int) -> WeightPlace {
    add(role, layer, isBias: false, [rows, columns], offset: 0)
  }

  /// A norm's weight or a linear layer's bias, [count]; [1, count] in memory.
  ///
  /// - Parameter offset: what is added to each number as it is read.
  mutating func vector(
    _ role: TensorRole, layer: Int? = nil, count: Int, isBias: Bool = false, offset: Float = 0
  ) -> WeightPlace {
    add(role, layer, isBias: isBias, [count], offset: offset)
  }

  private mutating func add(
    _ role: TensorRole, _ layer: Int?, isBias: Bool, _ shape: [Int], offset: Float
  ) -> WeightPlace {
    let suffix = isBias ? ".bias" : ".weight"
    let tensor = ModelTensor(
      role: role, layer: layer, isBias: isBias, name: names.hub(role, layer: layer) + suffix,
      ggufName: names.gguf(role, layer: layer) + suffix, shape: shape, offset: offset)
    let columns = shape[shape.count - 1]
    let place = WeightPlace(offset: count, rows: shape.count == 1 ? 1 : shape[0], columns: columns)
    tensors.append(tensor)
    count += tensor.count
    return place
  }
}
