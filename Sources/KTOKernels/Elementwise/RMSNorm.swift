extension ComputeContext {
  /// y = x · weight / √(mean x² + epsilon), row by row.
  ///
  /// x, y: [T, D]; weight: [1, D]; y may be x. Source: RMSNorm, arXiv:1910.07467.
  package func rmsNorm(_ x: Matrix, weight: Matrix, epsilon: Float, into y: Matrix) {
    let d = x.columns
    precondition(y.rows == x.rows && y.columns == d && weight.columns == d, "rmsNorm shapes")
    split(x.rows, grain: 8) { range in
      let w = unsafe UnsafePointer(weight.pointer)
      for row in range {
        let (p, q) = unsafe (x.rowPointer(row), y.rowPointer(row))
        let inverse = unsafe inverseRootMeanSquare(p, d, epsilon)
        var i = 0
        while i + 8 <= d {
          unsafe store(load(w + i) * (load(p + i) * inverse), q + i)
          i += 8
        }
        while i < d {
          unsafe q[i] = w[i] * (p[i] * inverse)
          i += 1
        }
      }
    }
  }

  /// dx += the gradient of ``rmsNorm`` with respect to x, given dy.
  ///
  /// With s = 1/√(mean x² + epsilon): dx += s (w·dy) − x s³ mean(x · w·dy). All [T, D]; dx may not be x or dy.
  package func rmsNormBackward(_ x: Matrix, weight: Matrix, epsilon: Float, dy: Matrix, addingTo dx: Matrix) {
    let d = x.columns
    precondition(
      dy.rows == x.rows && dx.rows == x.rows && dy.columns == d && dx.columns == d, "rmsNorm shapes")
    split(x.rows, grain: 8) { range in
      let w = unsafe UnsafePointer(weight.pointer)
      for row in range {
        let (p, g, out) = unsafe (x.rowPointer(row), dy.rowPointer(row), dx.rowPointer(row))
        let inverse = unsafe inverseRootMeanSquare(p, d, epsilon)
        var lanes = Lanes.zero
        var i = 0
        while i + 8 <= d {
          unsafe lanes += load(p + i) * (load(w + i) * load(g + i))
          i += 8
        }
        var projection = lanes.sum()
        while i < d {
          unsafe projection += p[i] * w[i] * g[i]
          i += 1
        }
        let factor = inverse * inverse * inverse * projection / Float(d)
        i = 0
        while i + 8 <= d {
          let term = unsafe (load(w + i) * load(g + i)) * inverse - load(p + i) * factor
          unsafe store(load(out + i) + term, out + i)
          i += 8
        }
        while i < d {
          unsafe out[i] += w[i] * g[i] * inverse - p[i] * factor
          i += 1
        }
      }
    }
  }
}

@inline(__always)
private func inverseRootMeanSquare(_ x: UnsafePointer<Float>, _ d: Int, _ epsilon: Float) -> Float {
  let mean = unsafe dot(x, x, d) / Float(d)
  return 1 / (mean + epsilon).squareRoot()
}
