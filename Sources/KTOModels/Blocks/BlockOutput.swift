internal import KTOKernels

/// A block's last linear layer, and how its result joins the residual stream: x + scale · norm(W a + b).
///
/// Options of the plan: the bias, the norm and the scale, none of which most models have.
struct BlockOutput: Sendable {
  private let module: LoRAModule
  private let hiddenSize: Int
  private let scale: Float
  /// [hidden, in]
  private let weight: WeightPlace
  /// [1, hidden]
  private let bias: WeightPlace?
  private let norm: (RMSNorm, saved: SavedPart)?

  /// - Parameters:
  ///   - width: numbers that go in.
  ///   - normRole: the norm's, in a model that has it.
  init(
    _ module: LoRAModule, width: Int, hasBias: Bool, normRole: TensorRole, layer: Int, _ plan: ModelPlan,
    weights: inout WeightLayout, saved: inout ActivationLayout
  ) {
    self.module = module
    hiddenSize = plan.hiddenSize
    scale = Float(plan.residualScale)
    weight = weights.matrix(module.role, layer: layer, rows: plan.hiddenSize, columns: width)
    bias =
      hasBias ? weights.vector(module.role, layer: layer, count: plan.hiddenSize, isBias: true) : nil
    norm =
      plan.normPlacement.isAfter
      ? (
        RMSNorm(normRole, layer: layer, width: plan.hiddenSize, plan, weights: &weights),
        saved.add(plan.hiddenSize)
      ) : nil
  }

  /// output = x + scale · norm(W a + b), with the adapter. a: [T, in]; x, output: [T, hidden]; output may be x.
  ///
  /// Writes over the workspace's `.normed` where there is a norm.
  func forward(_ a: Matrix, x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass) {
    let context = pass.context
    guard let norm else {
      output.copyUnlessSame(as: x)
      if let bias { pass.add(bias, scale: scale, to: output) }
      context.multiply(
        a, .normal, pass.weights[weight], .transposed, into: output, scale: scale, keep: 1)
      pass.apply(module, to: a, addingTo: output, scale: scale)
      return
    }
    let unnormed = saved[norm.saved]
    pass.linear(a, weight, bias: bias, into: unnormed)
    pass.apply(module, to: a, addingTo: unnormed)
    let normed = pass.scratch(.normed, columns: hiddenSize)
    norm.0.forward(unnormed, into: normed, pass.weights, context)
    output.copyUnlessSame(as: x)
    context.add(normed, scale: scale, to: output)
  }

  /// da = the gradient with respect to a, given that of the output, which is the gradient of x as well.
  ///
  /// - Parameter input: a; asked for only where the adapter is on this layer.
  func backward(
    dOutput: Matrix, into da: Matrix, saved: LayerMemory, pass: LayerPass, gradients: ParameterSet,
    input: () -> Matrix
  ) {
    let context = pass.context
    var (dy, factor) = (dOutput, scale)
    if let norm {
      dy = pass.scratch(.outputGradient, columns: hiddenSize)
      dy.fill(0)
      norm.0.backward(saved[norm.saved], dy: dOutput, addingTo: dy, pass.weights, context)
    }
    if norm != nil, factor != 1 {
      context.scale(dy, by: factor)
      factor = 1
    }
    context.multiply(dy, .normal, pass.weights[weight], .normal, into: da, scale: factor)
    if pass.adapts(module) {
      pass.applyBackward(module, x: input(), dy: dy, into: gradients, addingTo: da, scale: factor)
    }
  }
}
