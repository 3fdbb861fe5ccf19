internal import KTOKernels

/// Norm and gated feed-forward: x + W_down (silu(W_gate n) · W_up n) with n = norm x. Source: SwiGLU, arXiv:2002.05202.
struct GatedFeedForwardBlock: LayerBlock {
  let modules: [LoRAModule] = [.gate, .up, .down]

  private let hiddenSize: Int
  private let intermediateSize: Int
  // Columns of `savedGateUp`.
  private var gates: Range<Int> { 0..<intermediateSize }
  private var ups: Range<Int> { intermediateSize..<2 * intermediateSize }

  private let norm: RMSNorm
  /// Gate and up below one another: [2 · intermediate, hidden].
  private let gateUp: WeightPlace
  /// [hidden, intermediate]
  private let down: WeightPlace

  /// [T, 2 · intermediate]
  private let savedGateUp: SavedPart

  init(_ plan: ModelPlan, layer: Int, weights: inout WeightLayout, saved: inout ActivationLayout) {
    hiddenSize = plan.hiddenSize
    intermediateSize = plan.intermediateSize
    norm = RMSNorm(.feedForwardNorm, layer: layer, width: plan.hiddenSize, plan, weights: &weights)
    gateUp = .stacked(
      [TensorRole.gate, .up].map {
        weights.matrix($0, layer: layer, rows: plan.intermediateSize, columns: plan.hiddenSize)
      })
    down = weights.matrix(.down, layer: layer, rows: plan.hiddenSize, columns: plan.intermediateSize)
    savedGateUp = saved.add(2 * plan.intermediateSize)
  }

  func forward(_ x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass) {
    let (context, weights) = (pass.context, pass.weights)
    let normed = pass.scratch(.normed, columns: hiddenSize)
    norm.forward(x, into: normed, weights, context)
    let gateUp = saved[savedGateUp]
    context.multiply(normed, .normal, weights[self.gateUp], .transposed, into: gateUp)
    pass.apply(.gate, to: normed, addingTo: gateUp.columns(gates))
    pass.apply(.up, to: normed, addingTo: gateUp.columns(ups))
    let activated = pass.scratch(.activated, columns: intermediateSize)
    context.swiGLU(gateUp, into: activated)
    output.copyUnlessSame(as: x)
    context.multiply(activated, .normal, weights[down], .transposed, into: output, keep: 1)
    pass.apply(.down, to: activated, addingTo: output)
  }

  func backward(
    _ x: Matrix, dx: Matrix, isLowest: Bool, saved: LayerMemory, pass: LayerPass, into gradients: ParameterSet
  ) {
    let (context, weights) = (pass.context, pass.weights)
    let gateUp = saved[savedGateUp]
    let dActivated = pass.scratch(.activatedGradient, columns: intermediateSize)
    context.multiply(dx, .normal, weights[down], .normal, into: dActivated)
    if pass.adapts(.down) {
      let activated = pass.scratch(.activated, columns: intermediateSize)
      context.swiGLU(gateUp, into: activated)
      pass.applyBackward(.down, x: activated, dy: dx, into: gradients, addingTo: dActivated)
    }
    if isLowest && !pass.adapts(.gate, .up) { return }

    // The gradient takes the place of what it is the gradient of.
    context.swiGLUBackward(gateUp, dy: dActivated, into: gateUp)
    let dNormed = pass.scratch(.normedGradient, columns: hiddenSize)
    context.multiply(gateUp, .normal, weights[self.gateUp], .normal, into: dNormed)
    if pass.adapts(.gate, .up) {
      let normed = pass.scratch(.normed, columns: hiddenSize)
      norm.forward(x, into: normed, weights, context)
      for (module, columns) in [(LoRAModule.gate, gates), (.up, ups)] {
        pass.applyBackward(
          module, x: normed, dy: gateUp.columns(columns), into: gradients, addingTo: dNormed)
      }
    }
    if !isLowest { norm.backward(x, dy: dNormed, addingTo: dx, weights, context) }
  }
}
