internal import KTOKernels

extension CausalLM {
  /// Adds Σ coefficients[i] · d logProbability(row i) / d parameter to `gradients`, and ends the pass.
  ///
  /// - Parameters:
  ///   - coefficients: dLoss / d logProbability of each row. Rows of coefficient 0 cost as much as others,
  ///     unless all are 0.
  ///   - gradients: a set of the adapter's layout.
  package func backward(_ pass: TrainingPass, coefficients: [Double], into gradients: ParameterSet) {
    precondition(coefficients.count == pass.rows.count && !pass.isConsumed, "pass")
    precondition(gradients.layout == pass.adapter.adapter.parameters.layout, "gradient layout")
    pass.isConsumed = true
    guard coefficients.contains(where: { $0 != 0 }) else { return }
    let c = architecture
    let dx = workspace.matrix(.gradient, rows: pass.batch.rowCount, columns: c.hiddenSize)
    headBackward(pass, coefficients, into: dx)
    let adapter = pass.adapter.adapter
    for layer in (0..<c.layerCount).reversed() {
      guard adapter.hasModule(layer, in: LoRAModule.allCases) else { continue }
      let kept = pass.saved.layer(layer) ?? recompute(pass, layer)
      backward(
        layer: layer, pass, kept, dx: dx, isLowest: layer == 0, into: gradients)
    }
  }

  /// The gradient of the final norm's input, scattered to the rows that were scored: [T, hidden].
  private func headBackward(_ pass: TrainingPass, _ coefficients: [Double], into dx: Matrix) {
    let c = architecture
    let last = pass.saved.input(c.layerCount)
    dx.fill(0)
    var first = 0
    for (index, row) in pass.rows.enumerated() {
      let count = row.completion.count
      let start = pass.firstScoredRow(index)
      let gradient = pass.headGradient.rows(first..<first + count)
      context.scale(gradient, by: Float(coefficients[index]))
      context.rmsNormBackward(
        last.rows(start..<start + count), weight: weights.finalNorm, epsilon: Float(c.normEpsilon),
        dy: gradient, addingTo: dx.rows(start..<start + count))
      first += count
    }
  }

  /// A checkpointed layer's activations, computed again from its input.
  private func recompute(_ pass: TrainingPass, _ layer: Int) -> LayerActivations {
    let (rows, width) = (pass.batch.rowCount, architecture.hiddenSize)
    let middle = workspace.matrix(.residual, rows: rows, columns: width)
    let kept = scratchActivations(rows: rows, middle: middle, withNormalizers: true)
    let next = workspace.matrix(.normedGradient, rows: rows, columns: width)
    forward(
      layer: layer, pass.saved.input(layer), batch: pass.batch, adapter: pass.adapter, saved: kept, next: next
    )
    return kept
  }

  /// One layer: dx holds the gradient of its output, and afterwards that of its input. Writes over `kept`.
  /// - Parameter isLowest: nothing below needs the input's gradient, which is then not computed.
  private func backward(
    layer: Int, _ pass: TrainingPass, _ kept: LayerActivations, dx: Matrix, isLowest: Bool,
    into gradients: ParameterSet
  ) {
    let (c, w, rows) = (architecture, weights.layers[layer], dx.rows)
    let (applied, adapter) = (pass.adapter, pass.adapter.adapter)
    let epsilon = Float(c.normEpsilon)
    let normed = workspace.matrix(.normed, rows: rows, columns: c.hiddenSize)
    let dNormed = workspace.matrix(.normedGradient, rows: rows, columns: c.hiddenSize)

    let dActivated = workspace.matrix(.activatedGradient, rows: rows, columns: c.intermediateSize)
    context.multiply(dx, .normal, w.down, .normal, into: dActivated)
    if adapter.hasModule(layer, in: [.down]) {
      let activated = workspace.matrix(.activated, rows: rows, columns: c.intermediateSize)
      context.swiGLU(kept.gateUp, into: activated)
      applyBackward(applied, layer, .down, x: activated, dy: dx, into: gradients, addingTo: dActivated)
    }
    let dGateUp = kept.gateUp
    context.swiGLUBackward(kept.gateUp, dy: dActivated, into: dGateUp)
    context.multiply(dGateUp, .normal, w.gateUp, .normal, into: dNormed)
    if adapter.hasModule(layer, in: [.gate, .up]) {
      context.rmsNorm(kept.middle, weight: w.feedForwardNorm, epsilon: epsilon, into: normed)
      for (module, columns) in [(LoRAModule.gate, gateColumns), (.up, upColumns)] {
        applyBackward(
          applied, layer, module, x: normed, dy: dGateUp.columns(columns), into: gradients, addingTo: dNormed)
      }
    }
    context.rmsNormBackward(
      kept.middle, weight: w.feedForwardNorm, epsilon: epsilon, dy: dNormed, addingTo: dx)
    if isLowest && !adapter.hasModule(layer, in: [.query, .key, .value, .output]) { return }

    let dAttention = workspace.matrix(.attentionGradient, rows: rows, columns: c.queryWidth)
    context.multiply(dx, .normal, w.output, .normal, into: dAttention)
    applyBackward(
      applied, layer, .output, x: kept.attention, dy: dx, into: gradients, addingTo: dAttention)
    if isLowest && !adapter.hasModule(layer, in: [.query, .key, .value]) { return }

    let qkv = kept.queryKeyValue
    let dQKV = workspace.matrix(.queryKeyValueGradient, rows: rows, columns: c.attentionWidth)
    guard let logNormalizers = kept.logNormalizers else { return }
    context.attentionBackward(
      attentionShape, segments: pass.places.map { AttentionSegment(rows: $0) },
      q: qkv.columns(queryColumns), k: qkv.columns(keyColumns), v: qkv.columns(valueColumns),
      out: kept.attention, logNormalizers: logNormalizers, dOut: dAttention,
      dq: dQKV.columns(queryColumns), dk: dQKV.columns(keyColumns), dv: dQKV.columns(valueColumns),
      scratch: workspace.kernels)
    context.rotate(
      dQKV.columns(0..<keyColumns.upperBound), headDimension: c.headDimension,
      positions: pass.batch.positions,
      table: rotary((pass.batch.positions.max() ?? 0) + 1), isInverse: true)
    let dInput = isLowest ? nil : dNormed
    if !isLowest { context.multiply(dQKV, .normal, w.queryKeyValue, .normal, into: dNormed) }
    if adapter.hasModule(layer, in: [.query, .key, .value]) {
      context.rmsNorm(pass.saved.input(layer), weight: w.attentionNorm, epsilon: epsilon, into: normed)
      for (module, columns) in [
        (LoRAModule.query, queryColumns), (.key, keyColumns), (.value, valueColumns),
      ] {
        applyBackward(
          applied, layer, module, x: normed, dy: dQKV.columns(columns), into: gradients, addingTo: dInput)
      }
    }
    if isLowest { return }
    context.rmsNormBackward(
      pass.saved.input(layer), weight: w.attentionNorm, epsilon: epsilon, dy: dNormed, addingTo: dx)
  }
}
