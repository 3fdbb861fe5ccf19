/// tanh in every lane, within 6 units in the last place; NaN for NaN.
///
/// Taylor's series to degree 11 below 0.35, where the remainder is under 10⁻⁸ of the value; 1 − 2 / (e²ˣ + 1) above.
@inline(__always)
func hyperbolicTangent(_ x: Lanes) -> Lanes {
  let square = x * x
  var p = square * -8.863_235_5e-3 + 2.186_948_85e-2
  p = p * square - 5.396_825_4e-2
  p = p * square + 0.133_333_333
  p = p * square - 0.333_333_333
  let small = x + x * square * p
  let large = 1 - 2 / (exponential(2 * x) + 1)
  return large.replacing(with: small, where: square .< 0.1225)
}

/// x ← cap · tanh(x · scale / cap) in place.
func softCapRow(_ x: UnsafeMutablePointer<Float>, scale: Float, cap: Float, _ count: Int) {
  let factor = scale / cap
  var i = 0
  while i + 8 <= count {
    unsafe store(hyperbolicTangent(load(x + i) * factor) * cap, x + i)
    i += 8
  }
  while i < count {
    unsafe x[i] = hyperbolicTangent(Lanes(repeating: x[i] * factor))[0] * cap
    i += 1
  }
}

/// y ← y · (1 − (x/cap)²), which is what a gradient with respect to capped numbers x loses on its way through the cap.
func softCapGradientRow(
  capped x: UnsafePointer<Float>, cap: Float, _ y: UnsafeMutablePointer<Float>, _ count: Int
) {
  var i = 0
  while i + 8 <= count {
    let t = unsafe load(x + i) / cap
    unsafe store(load(y + i) * (1 - t * t), y + i)
    i += 8
  }
  while i < count {
    let t = unsafe x[i] / cap
    unsafe y[i] *= 1 - t * t
    i += 1
  }
}

extension ComputeContext {
  /// x ← cap · tanh(x / cap), in place.
  package func softCap(_ x: Matrix, at cap: Float) {
    split(x.rows, grain: 4) { range in
      for row in range { unsafe softCapRow(x.rowPointer(row), scale: 1, cap: cap, x.columns) }
    }
  }
}
