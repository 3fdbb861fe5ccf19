/// Loads, stores and reductions on runs of floats.
///
/// A float sum does not vectorise by itself because its order is fixed, so the lanes are written out.

typealias Lanes = SIMD8<Float>

@inline(__always)
func load(_ p: UnsafePointer<Float>) -> Lanes {
  unsafe UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func load(_ p: UnsafeMutablePointer<Float>) -> Lanes {
  unsafe UnsafeRawPointer(p).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func store(_ v: Lanes, _ p: UnsafeMutablePointer<Float>) {
  unsafe UnsafeMutableRawPointer(p).storeBytes(of: v, as: Lanes.self)
}

/// Σ aᵢ bᵢ, in 16 running sums.
func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var first = Lanes.zero
  var second = Lanes.zero
  var i = 0
  while i + 16 <= count {
    unsafe first += load(a + i) * load(b + i)
    unsafe second += load(a + i + 8) * load(b + i + 8)
    i += 16
  }
  var total = (first + second).sum()
  while i < count {
    unsafe total += a[i] * b[i]
    i += 1
  }
  return total
}

/// Σ aᵢ² in double precision, for norms over millions of parameters.
func sumOfSquares(_ a: UnsafePointer<Float>, _ count: Int) -> Double {
  var lanes = SIMD4<Double>.zero
  var i = 0
  while i + 4 <= count {
    let v = unsafe SIMD4<Double>(UnsafeRawPointer(a + i).loadUnaligned(as: SIMD4<Float>.self))
    lanes += v * v
    i += 4
  }
  var total = lanes.sum()
  while i < count {
    unsafe total += Double(a[i]) * Double(a[i])
    i += 1
  }
  return total
}

/// y += factor · x. The two may not overlap unless they are the same.
func addScaled(_ x: UnsafePointer<Float>, _ factor: Float, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
  var i = 0
  while i + 8 <= count {
    unsafe store(load(y + i) + load(x + i) * factor, y + i)
    i += 8
  }
  while i < count {
    unsafe y[i] += factor * x[i]
    i += 1
  }
}

/// x *= factor.
func scaleRow(_ x: UnsafeMutablePointer<Float>, _ factor: Float, _ count: Int) {
  var i = 0
  while i + 8 <= count {
    unsafe store(load(x + i) * factor, x + i)
    i += 8
  }
  while i < count {
    unsafe x[i] *= factor
    i += 1
  }
}

/// The largest of at least one float. A NaN may be passed over: it shows in the sum that follows.
func maximum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var best = unsafe x[0]
  var i = 0
  if count >= 16 {
    var first = unsafe load(x)
    var second = unsafe load(x + 8)
    i = 16
    while i + 16 <= count {
      let a = unsafe load(x + i)
      let b = unsafe load(x + i + 8)
      first = first.replacing(with: a, where: a .> first)
      second = second.replacing(with: b, where: b .> second)
      i += 16
    }
    best = Swift.max(first.max(), second.max())
  }
  while i < count {
    if unsafe x[i] > best { unsafe best = x[i] }
    i += 1
  }
  return best
}

/// True when no float is NaN or infinite: x − x is zero for finite numbers alone.
func allFinite(_ x: UnsafePointer<Float>, _ count: Int) -> Bool {
  var i = 0
  var lanes = Lanes.zero
  while i + 8 <= count {
    let v = unsafe load(x + i)
    lanes += v - v
    i += 8
  }
  var total = lanes.sum()
  while i < count {
    unsafe total += x[i] - x[i]
    i += 1
  }
  return total == 0
}
