extension ComputeContext {
  /// y = silu(gate) · up, silu(g) = g / (1 + e⁻ᵍ).
  ///
  /// gateUp: [T, 2I], the gate in the first I columns; y: [T, I]. Source: GLU variants, arXiv:2002.05202.
  package func swiGLU(_ gateUp: Matrix, into y: Matrix) {
    let width = y.columns
    precondition(gateUp.rows == y.rows && gateUp.columns == 2 * width, "swiGLU shapes")
    split(y.rows, grain: 4) { range in
      for row in range {
        let (gate, out) = unsafe (gateUp.rowPointer(row), y.rowPointer(row))
        let up = unsafe gate + width
        var i = 0
        while i + 8 <= width {
          let g = unsafe load(gate + i)
          unsafe store(g / (1 + exponential(-g)) * load(up + i), out + i)
          i += 8
        }
        while i < width {
          let g = unsafe gate[i]
          unsafe out[i] = g / (1 + exponential(-g)) * up[i]
          i += 1
        }
      }
    }
  }

  /// The gradients of ``swiGLU`` with respect to gate and up, given dy.
  ///
  /// dGateUp: [T, 2I], may be gateUp; dy: [T, I].
  package func swiGLUBackward(_ gateUp: Matrix, dy: Matrix, into dGateUp: Matrix) {
    let width = dy.columns
    precondition(
      gateUp.rows == dy.rows && dGateUp.rows == dy.rows && gateUp.columns == 2 * width
        && dGateUp.columns == 2 * width, "swiGLU shapes")
    split(dy.rows, grain: 4) { range in
      for row in range {
        let (gate, grad, dGate) = unsafe (gateUp.rowPointer(row), dy.rowPointer(row), dGateUp.rowPointer(row))
        let (up, dUp) = unsafe (gate + width, dGate + width)
        var i = 0
        while i + 8 <= width {
          let (g, u, d) = unsafe (load(gate + i), load(up + i), load(grad + i))
          let sigmoid = 1 / (1 + exponential(-g))
          unsafe store(d * u * (sigmoid * (1 + g * (1 - sigmoid))), dGate + i)
          unsafe store(d * (g * sigmoid), dUp + i)
          i += 8
        }
        while i < width {
          let (g, u, d) = unsafe (gate[i], up[i], grad[i])
          let sigmoid = 1 / (1 + exponential(-g))
          unsafe dGate[i] = d * u * (sigmoid * (1 + g * (1 - sigmoid)))
          unsafe dUp[i] = d * (g * sigmoid)
          i += 1
        }
      }
    }
  }

  /// y += factor · x, of one shape.
  package func add(_ x: Matrix, scale factor: Float = 1, to y: Matrix) {
    precondition(x.rows == y.rows && x.columns == y.columns, "add shapes")
    split(x.rows, grain: 16) { range in
      for row in range { unsafe addScaled(x.rowPointer(row), factor, y.rowPointer(row), x.columns) }
    }
  }

  /// x ← factor · x.
  package func scale(_ x: Matrix, by factor: Float) {
    split(x.rows, grain: 16) { range in
      for row in range { unsafe scaleRow(x.rowPointer(row), factor, x.columns) }
    }
  }

  /// x ← x · mask, of one shape.
  package func multiplyElements(_ x: Matrix, by mask: Matrix) {
    precondition(x.rows == mask.rows && x.columns == mask.columns, "mask shapes")
    split(x.rows, grain: 16) { range in
      for row in range {
        let (p, m) = unsafe (x.rowPointer(row), mask.rowPointer(row))
        for i in 0..<x.columns { unsafe p[i] *= m[i] }
      }
    }
  }
}
