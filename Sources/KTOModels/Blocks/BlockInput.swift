internal import KTOKernels

/// What a block's first linear layers read: the norm of the residual stream, or in a model without that norm the
/// stream itself.
struct BlockInput: Sendable {
  private let norm: RMSNorm?

  /// - Parameter role: the norm's.
  init(_ role: TensorRole, layer: Int, _ plan: ModelPlan, weights: inout WeightLayout) {
    norm =
      plan.normPlacement.isBefore
      ? RMSNorm(role, layer: layer, width: plan.hiddenSize, plan, weights: &weights) : nil
  }

  /// [T, hidden]: x itself, or the workspace's `.normed`.
  func forward(_ x: Matrix, _ pass: LayerPass) -> Matrix {
    guard let norm else { return x }
    let normed = pass.scratch(.normed, columns: x.columns)
    norm.forward(x, into: normed, pass.weights, pass.context)
    return normed
  }

  /// dx += the gradient with respect to x, given that of what ``forward(_:_:)`` gave.
  func backward(_ x: Matrix, dy: Matrix, addingTo dx: Matrix, _ pass: LayerPass) {
    if let norm {
      norm.backward(x, dy: dy, addingTo: dx, pass.weights, pass.context)
    } else {
      pass.context.add(dy, to: dx)
    }
  }
}
