internal import KTOKernels

/// Norm and gated feed-forward: x + W_down (activation(W_gate n) · W_up n) with n = norm x.
///
/// Options of the plan: the activation, biases, gate and up in one weight, and what ``BlockInput`` and
/// ``BlockOutput`` have. Source: SwiGLU, arXiv:2002.05202.
struct GatedFeedForwardBlock: LayerBlock {
  let modules: [LoRAModule] = [.gate, .up, .gateUp, .down]

  private let hiddenSize: Int
  private let intermediateSize: Int
  private let activation: GateActivation
  /// The linear layers that compute `savedGateUp`, with their columns of it.
  private let parts: [(module: LoRAModule, columns: Range<Int>)]

  private let input: BlockInput
  /// Gate and up below one another: [2 · intermediate, hidden].
  private let gateUp: WeightPlace
  /// [1, 2 · intermediate]
  private let bias: WeightPlace?
  private let output: BlockOutput

  /// [T, 2 · intermediate]
  private let savedGateUp: SavedPart

  init(_ plan: ModelPlan, layer: Int, weights: inout WeightLayout, saved: inout ActivationLayout) {
    hiddenSize = plan.hiddenSize
    intermediateSize = plan.intermediateSize
    activation = plan.activation
    let width = plan.intermediateSize
    parts =
      plan.hasFusedGateUp
      ? [(.gateUp, 0..<2 * width)] : [(.gate, 0..<width), (.up, width..<2 * width)]
    input = BlockInput(.feedForwardNorm, layer: layer, plan, weights: &weights)
    gateUp = weights.stacked(parts, layer: layer, columns: plan.hiddenSize)
    bias = plan.hasFeedForwardBias ? weights.stackedBias(parts, layer: layer) : nil
    savedGateUp = saved.add(2 * width)
    output = BlockOutput(
      .down, width: width, hasBias: plan.hasFeedForwardBias, normRole: .feedForwardEndNorm, layer: layer,
      plan,
      weights: &weights, saved: &saved)
  }

  func forward(_ x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass) {
    let normed = input.forward(x, pass)
    let gateUp = saved[savedGateUp]
    pass.linear(normed, self.gateUp, bias: bias, into: gateUp)
    for part in parts { pass.apply(part.module, to: normed, addingTo: gateUp.columns(part.columns)) }
    self.output.forward(activated(gateUp, pass), x: x, into: output, saved: saved, pass: pass)
  }

  private func activated(_ gateUp: Matrix, _ pass: LayerPass) -> Matrix {
    let activated = pass.scratch(.activated, columns: intermediateSize)
    pass.context.gated(activation, gateUp, into: activated)
    return activated
  }

  func backward(
    _ x: Matrix, dx: Matrix, isLowest: Bool, saved: LayerMemory, pass: LayerPass, into gradients: ParameterSet
  ) {
    let (context, weights) = (pass.context, pass.weights)
    let gateUp = saved[savedGateUp]
    let dActivated = pass.scratch(.activatedGradient, columns: intermediateSize)
    output.backward(dOutput: dx, into: dActivated, saved: saved, pass: pass, gradients: gradients) {
      activated(gateUp, pass)
    }
    let adapted = parts.filter { pass.adapts($0.module) }
    if isLowest && adapted.isEmpty { return }

    // The gradient takes the place of what it is the gradient of.
    context.gatedBackward(activation, gateUp, dy: dActivated, into: gateUp)
    let dNormed = pass.scratch(.normedGradient, columns: hiddenSize)
    context.multiply(gateUp, .normal, weights[self.gateUp], .normal, into: dNormed)
    if !adapted.isEmpty {
      let normed = input.forward(x, pass)
      for part in adapted {
        pass.applyBackward(
          part.module, x: normed, dy: gateUp.columns(part.columns), into: gradients, addingTo: dNormed)
      }
    }
    if !isLowest { input.backward(x, dy: dNormed, addingTo: dx, pass) }
  }
}
