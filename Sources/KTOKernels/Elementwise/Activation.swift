/// What the gate of a gated feed-forward layer goes through.
package enum GateActivation: Sendable {
  /// g / (1 + e⁻ᵍ). Source: SwiGLU, arXiv:2002.05202.
  case silu
  /// The GELU's approximation by tanh: ½ g (1 + tanh √(2/π) (g + 0.044715 g³)). Source: arXiv:1606.08415.
  case geluTanh
}

extension ComputeContext {
  /// y = activation(gate) · up.
  ///
  /// gateUp: [T, 2I], the gate in the first I columns; y: [T, I].
  package func gated(_ activation: GateActivation, _ gateUp: Matrix, into y: Matrix) {
    switch activation {
    case .silu: swiGLU(gateUp, into: y)
    case .geluTanh: geGLU(gateUp, into: y)
    }
  }

  /// The gradients of ``gated(_:_:into:)`` with respect to gate and up, given dy.
  ///
  /// dGateUp: [T, 2I], may be gateUp; dy: [T, I].
  package func gatedBackward(
    _ activation: GateActivation, _ gateUp: Matrix, dy: Matrix, into dGateUp: Matrix
  ) {
    switch activation {
    case .silu: swiGLUBackward(gateUp, dy: dy, into: dGateUp)
    case .geluTanh: geGLUBackward(gateUp, dy: dy, into: dGateUp)
    }
  }
}
