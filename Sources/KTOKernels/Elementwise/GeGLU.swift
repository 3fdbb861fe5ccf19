/// 2 √(2/π): half of 1 + tanh u is the sigmoid of 2u, which loses no digits where tanh u is near −1.
private let outerFactor: Float = 1.595_769_12
private let cubicFactor: Float = 0.044_715

extension ComputeContext {
  /// y = gelu(gate) · up, with the GELU's approximation by tanh.
  ///
  /// gateUp: [T, 2I], the gate in the first I columns; y: [T, I].
  func geGLU(_ gateUp: Matrix, into y: Matrix) {
    let width = y.columns
    precondition(gateUp.rows == y.rows && gateUp.columns == 2 * width, "geGLU shapes")
    split(y.rows, grain: 4) { range in
      for row in range {
        let (gate, out) = unsafe (gateUp.rowPointer(row), y.rowPointer(row))
        let up = unsafe gate + width
        var i = 0
        while i + 8 <= width {
          let g = unsafe load(gate + i)
          unsafe store(g * sigmoid(g).value * load(up + i), out + i)
          i += 8
        }
        while i < width {
          let g = unsafe gate[i]
          unsafe out[i] = g * sigmoid(Lanes(repeating: g)).value[0] * up[i]
          i += 1
        }
      }
    }
  }

  /// The gradients of ``geGLU(_:into:)`` with respect to gate and up, given dy.
  ///
  /// dGateUp: [T, 2I], may be gateUp; dy: [T, I].
  func geGLUBackward(_ gateUp: Matrix, dy: Matrix, into dGateUp: Matrix) {
    let width = dy.columns
    precondition(
      gateUp.rows == dy.rows && dGateUp.rows == dy.rows && gateUp.columns == 2 * width
        && dGateUp.columns == 2 * width, "geGLU shapes")
    split(dy.rows, grain: 4) { range in
      for row in range {
        let (gate, grad, dGate) = unsafe (gateUp.rowPointer(row), dy.rowPointer(row), dGateUp.rowPointer(row))
        let (up, dUp) = unsafe (gate + width, dGate + width)
        var i = 0
        while i + 8 <= width {
          let (g, u, d) = unsafe (load(gate + i), load(up + i), load(grad + i))
          let s = sigmoid(g)
          unsafe store(d * u * (s.value + g * s.slope), dGate + i)
          unsafe store(d * (g * s.value), dUp + i)
          i += 8
        }
        while i < width {
          let (g, u, d) = unsafe (gate[i], up[i], grad[i])
          let s = sigmoid(Lanes(repeating: g))
          unsafe dGate[i] = d * u * (s.value[0] + g * s.slope[0])
          unsafe dUp[i] = d * (g * s.value[0])
          i += 1
        }
      }
    }
  }
}

/// σ(2√(2/π) (g + 0.044715 g³)), and its slope in g.
@inline(__always)
private func sigmoid(_ g: Lanes) -> (value: Lanes, slope: Lanes) {
  let square = g * g
  let value = 1 / (1 + exponential(-(outerFactor * g * (1 + cubicFactor * square))))
  return (value, value * (1 - value) * (outerFactor * (1 + 3 * cubicFactor * square)))
}
