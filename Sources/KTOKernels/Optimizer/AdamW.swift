/// The numbers of AdamW. The defaults are PyTorch's, without weight decay.
package struct AdamWParameters: Sendable, Equatable {
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-8
  package var weightDecay = 0.0

  package init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

extension ComputeContext {
  /// One step of AdamW with decoupled weight decay, in place.
  ///
  /// p ← p (1 − lr·decay); m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
  /// p ← p − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε). All of one shape and contiguous.
  /// - Parameters:
  ///   - step: t, counted from 1.
  ///   - gradientScale: what the gradient is multiplied by first (clipping).
  /// Source: arXiv:1711.05101, with PyTorch's order of operations.
  package func adamW(
    parameters: Matrix, gradient: Matrix, firstMoment: Matrix, secondMoment: Matrix, step: Int,
    learningRate: Double, gradientScale: Float = 1, _ numbers: AdamWParameters
  ) {
    precondition(step >= 1 && parameters.isContiguous && gradient.isContiguous)
    precondition(firstMoment.isContiguous && secondMoment.isContiguous)
    let count = parameters.count
    precondition(gradient.count == count && firstMoment.count == count && secondMoment.count == count)
    let correction1 = 1 - power(numbers.beta1, step)
    let correction2 = (1 - power(numbers.beta2, step)).squareRoot()
    let decay = Float(1 - learningRate * numbers.weightDecay)
    let stepSize = Float(learningRate / correction1)
    let (beta2, epsilon, root) = (Float(numbers.beta2), Float(numbers.epsilon), Float(correction2))
    let (rest1, rest2) = (Float(1 - numbers.beta1), Float(1 - numbers.beta2))
    split(count, grain: 1 << 15) { range in
      let (p, g) = unsafe (parameters.pointer, gradient.pointer)
      let (m, v) = unsafe (firstMoment.pointer, secondMoment.pointer)
      for i in range {
        let gradient = unsafe g[i] * gradientScale
        let first = unsafe m[i] + (gradient - m[i]) * rest1
        let second = unsafe v[i] * beta2 + gradient * gradient * rest2
        unsafe m[i] = first
        unsafe v[i] = second
        unsafe p[i] = p[i] * decay - stepSize * first / (second.squareRoot() / root + epsilon)
      }
    }
  }

  /// The Euclidean norm of all the floats, summed in double precision.
  package func norm(_ x: Matrix) -> Double {
    var total = 0.0
    for row in 0..<x.rows { unsafe total += sumOfSquares(x.rowPointer(row), x.columns) }
    return total.squareRoot()
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
