internal import KTOKernels

extension CausalLM {
  /// Adds Σ coefficients[i] · d logProbability(row i) / d parameter to `gradients`, and ends the pass.
  ///
  /// - Parameters:
  ///   - coefficients: dLoss / d logProbability of each row. Rows of coefficient 0 cost as much as others,
  ///     unless all are 0.
  ///   - gradients: a set of the adapter's layout.
  package func backward(_ pass: TrainingPass, coefficients: [Double], into gradients: ParameterSet) {
    precondition(coefficients.count == pass.rows.count, "rows")
    backward(
      pass,
      tokenCoefficients: zip(pass.rows, coefficients).map {
        Array(repeating: $1, count: $0.completion.count)
      }, into: gradients)
  }

  /// The same with a coefficient for each completion token of each row: dLoss / d log p of the token.
  package func backward(
    _ pass: TrainingPass, tokenCoefficients coefficients: [[Double]], into gradients: ParameterSet
  ) {
    precondition(
      coefficients.map(\.count) == pass.rows.map(\.completion.count) && !pass.isConsumed, "pass")
    precondition(gradients.layout == pass.adapter.adapter.parameters.layout, "gradient layout")
    pass.isConsumed = true
    guard coefficients.contains(where: { $0.contains { $0 != 0 } }) else { return }
    let dx = workspace.matrix(.gradient, rows: pass.batch.rowCount, columns: plan.hiddenSize)
    headBackward(pass, coefficients, into: dx)

    guard let lowest = lowestTrainedBlock(pass.adapter.adapter) else { return }
    var layerPass = layerPass(pass.batch, adapter: pass.adapter)
    for layer in (lowest.layer..<parts.layers.count).reversed() {
      layerPass.layer = layer
      let saved = pass.saved.layer(layer) ?? recompute(pass, layerPass)
      let (blocks, inputs) = (parts.layers[layer].blocks, parts.layers[layer].inputs)
      for (index, block) in blocks.enumerated().reversed() {
        if (layer, index) < lowest { break }
        let input = index == 0 ? pass.saved.input(layer) : saved[inputs[index]]
        block.backward(
          input, dx: dx, isLowest: (layer, index) == lowest, saved: saved, pass: layerPass, into: gradients)
      }
    }
  }

  /// The first block, in the order of computation, that the adapter is on.
  private func lowestTrainedBlock(_ adapter: LoRAAdapter) -> (layer: Int, block: Int)? {
    for (index, layer) in parts.layers.enumerated() {
      if let block = layer.blocks.firstIndex(where: { adapter.hasModule(index, in: $0.modules) }) {
        return (index, block)
      }
    }
    return nil
  }

  /// The gradient of the final norm's input, scattered to the rows that were scored: [T, hidden].
  private func headBackward(_ pass: TrainingPass, _ coefficients: [[Double]], into dx: Matrix) {
    let last = pass.saved.input(parts.layers.count)
    dx.fill(0)
    var first = 0
    for (index, row) in pass.rows.enumerated() {
      let count = row.completion.count
      let start = pass.firstScoredRow(index)
      let gradient = pass.headGradient.rows(first..<first + count)
      scale(gradient, by: coefficients[index])
      parts.finalNorm.backward(
        last.rows(start..<start + count), dy: gradient, addingTo: dx.rows(start..<start + count), weights,
        context)
      first += count
    }
  }

  /// Each row of a matrix by its number and the scale of the logits; all at once where the numbers are the same.
  private func scale(_ matrix: Matrix, by coefficients: [Double]) {
    guard let first = coefficients.first else { return }
    if coefficients.allSatisfy({ $0 == first }) {
      context.scale(matrix, by: Float(first * plan.logitScale))
      return
    }
    for (row, coefficient) in coefficients.enumerated() {
      context.scale(matrix.rows(row..<row + 1), by: Float(coefficient * plan.logitScale))
    }
  }

  /// A checkpointed layer's activations, computed again from its input.
  private func recompute(_ pass: TrainingPass, _ layerPass: LayerPass) -> LayerMemory {
    let saved = LayerMemory(workspace, rows: pass.batch.rowCount, isForBackward: true)
    // Its output is not needed, and the backward pass will write over it.
    let next = layerPass.scratch(.normedGradient, columns: plan.hiddenSize)
    forward(pass.saved.input(layerPass.layer), into: next, saved: saved, pass: layerPass)
    return saved
  }
}
