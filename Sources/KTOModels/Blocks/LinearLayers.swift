internal import KTOKernels

extension WeightLayout {
  /// The weights of linear layers below one another, as one that computes all their outputs: [Σ outputs, columns].
  ///
  /// - Parameter parts: each layer's columns of the output, one after another.
  mutating func stacked(
    _ parts: [(module: LoRAModule, columns: Range<Int>)], layer: Int, columns: Int
  ) -> WeightPlace {
    .stacked(parts.map { matrix($0.module.role, layer: layer, rows: $0.columns.count, columns: columns) })
  }

  /// Their biases: [1, Σ outputs].
  mutating func stackedBias(
    _ parts: [(module: LoRAModule, columns: Range<Int>)], layer: Int
  ) -> WeightPlace {
    .chained(parts.map { vector($0.module.role, layer: layer, count: $0.columns.count, isBias: true) })
  }
}

extension LayerPass {
  /// y = x Wᵀ + b. x: [T, in]; y: [T, out].
  func linear(_ x: Matrix, _ weight: WeightPlace, bias: WeightPlace?, into y: Matrix) {
    if let bias {
      let row = weights[bias]
      for index in 0..<y.rows { y.rows(index..<index + 1).copy(from: row) }
    }
    context.multiply(x, .normal, weights[weight], .transposed, into: y, keep: bias == nil ? 0 : 1)
  }

  /// y += scale · b, to each row.
  func add(_ bias: WeightPlace, scale: Float, to y: Matrix) {
    let row = weights[bias]
    for index in 0..<y.rows { context.add(row, scale: scale, to: y.rows(index..<index + 1)) }
  }
}
