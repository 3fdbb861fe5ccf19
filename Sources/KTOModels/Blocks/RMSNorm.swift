internal import KTOKernels

/// A norm with a learned weight, [1, width]. Source: RMSNorm, arXiv:1910.07467.
struct RMSNorm: Sendable {
  private let weight: WeightPlace
  private let epsilon: Float

  init(
    _ role: TensorRole, layer: Int? = nil, width: Int, _ plan: ModelPlan, weights: inout WeightLayout
  ) {
    weight = weights.vector(role, layer: layer, count: width, offset: plan.normWeightOffset)
    epsilon = Float(plan.normEpsilon)
  }

  /// y is the norm of x, row by row; y may be x.
  func forward(_ x: Matrix, into y: Matrix, _ weights: FrozenWeights, _ context: ComputeContext) {
    context.rmsNorm(x, weight: weights[weight], epsilon: epsilon, into: y)
  }

  /// dx += the gradient with respect to x; dx may not be dy.
  func backward(
    _ x: Matrix, dy: Matrix, addingTo dx: Matrix, _ weights: FrozenWeights, _ context: ComputeContext
  ) {
    context.rmsNormBackward(x, weight: weights[weight], epsilon: epsilon, dy: dy, addingTo: dx)
  }
}

extension RMSNorm {
  /// The norm of each run of ``width`` columns by itself, in place. x: [T, heads · width]
  func forwardByHead(_ x: Matrix, _ pass: LayerPass) {
    for head in heads(x) { forward(x.columns(head), into: x.columns(head), pass.weights, pass.context) }
  }

  /// dx += the gradient with respect to x, head by head.
  func backwardByHead(_ x: Matrix, dy: Matrix, addingTo dx: Matrix, _ pass: LayerPass) {
    for head in heads(x) {
      backward(
        x.columns(head), dy: dy.columns(head), addingTo: dx.columns(head), pass.weights, pass.context)
    }
  }

  /// The columns of each head.
  private func heads(_ x: Matrix) -> [Range<Int>] {
    stride(from: 0, to: x.columns, by: weight.columns).map { $0..<$0 + weight.columns }
  }
}
