internal import KTOCore
internal import KTOKernels

/// The adapter in force and, in training, the dropout on its inputs.
struct AppliedAdapter {
  let adapter: LoRAAdapter
  /// nil where nothing is dropped
  let dropoutSeed: UInt64?
}

extension LayerPass {
  /// y += scale · alpha/rank · B A x, if the adapter has that module. x: [T, in]; y: [T, out].
  func apply(_ module: LoRAModule, to x: Matrix, addingTo y: Matrix, scale: Float = 1) {
    guard let applied = adapter,
      let (a, b) = applied.adapter.factors(layer, module, in: applied.adapter.parameters)
    else { return }
    let input = dropped(x, applied, module)
    let lowRank = workspace.matrix(.lowRank, rows: x.rows, columns: a.rows)
    context.multiply(input, .normal, a, .transposed, into: lowRank)
    context.multiply(
      lowRank, .normal, b, .transposed, into: y, scale: applied.adapter.shape.scale * scale, keep: 1)
  }

  /// The gradients of ``apply(_:to:addingTo:scale:)``.
  ///
  /// With s = scale · alpha/rank and u = x Aᵀ: dB += s dyᵀ u; du = s dy B; dA += duᵀ x; dx += du A.
  /// - Parameter dx: nil where nothing below needs it.
  func applyBackward(
    _ module: LoRAModule, x: Matrix, dy: Matrix, into gradients: ParameterSet, addingTo dx: Matrix?,
    scale: Float = 1
  ) {
    guard let applied = adapter,
      let (a, b) = applied.adapter.factors(layer, module, in: applied.adapter.parameters),
      let (da, db) = applied.adapter.factors(layer, module, in: gradients)
    else { return }
    let scale = applied.adapter.shape.scale * scale
    let input = dropped(x, applied, module)
    let lowRank = workspace.matrix(.lowRank, rows: x.rows, columns: a.rows)
    let dLowRank = workspace.matrix(.lowRankGradient, rows: x.rows, columns: a.rows)
    context.multiply(input, .normal, a, .transposed, into: lowRank)
    context.multiply(dy, .transposed, lowRank, .normal, into: db, scale: scale, keep: 1)
    context.multiply(dy, .normal, b, .normal, into: dLowRank, scale: scale)
    context.multiply(dLowRank, .transposed, input, .normal, into: da, keep: 1)
    guard let dx else { return }
    if applied.dropoutSeed == nil {
      context.multiply(dLowRank, .normal, a, .normal, into: dx, keep: 1)
    } else {
      // The masked input is no longer needed, so its block takes the gradient; the mask is still there.
      let dInput = workspace.matrix(.masked, rows: x.rows, columns: x.columns)
      context.multiply(dLowRank, .normal, a, .normal, into: dInput)
      context.multiplyElements(
        dInput, by: workspace.matrix(.mask, rows: x.rows, columns: x.columns))
      context.add(dInput, to: dx)
    }
  }

  /// x with a share of its numbers zeroed and the rest scaled up: the same for the same seed, layer and module.
  private func dropped(_ x: Matrix, _ applied: AppliedAdapter, _ module: LoRAModule) -> Matrix {
    let rate = applied.adapter.shape.dropout
    guard let seed = applied.dropoutSeed, rate > 0 else { return x }
    let mask = workspace.matrix(.mask, rows: x.rows, columns: x.columns)
    var generator = SeededGenerator(seed: seed, stream: UInt64(layer * 7 + module.dropoutStream))
    let kept = Float(1 / (1 - rate))
    // The top 32 random bits below the threshold drop a number.
    let threshold = UInt64(rate * 0x1p32)
    for row in 0..<mask.rows {
      for column in 0..<mask.columns {
        mask[row, column] = generator.next() >> 32 < threshold ? 0 : kept
      }
    }
    let masked = workspace.matrix(.masked, rows: x.rows, columns: x.columns)
    masked.copy(from: x)
    context.multiplyElements(masked, by: mask)
    return masked
  }
}
