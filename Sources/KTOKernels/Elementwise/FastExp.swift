/// eˣ in every lane, within 2 units in the last place between −87 and 88; 0 below −87, NaN for NaN.
///
/// Splits x = n ln 2 + r with |r| ≤ ½ ln 2 and takes a polynomial of degree 7 in r (Taylor: the remainder is
/// below 2⁻²⁶ relative). n is rounded by adding 1.5·2²³, whose low bits then hold n. Above 88 it stays at e⁸⁸.
@inline(__always)
func exponential(_ x: Lanes) -> Lanes {
  let magic: Float = 12_582_912
  let isTiny = x .< -87
  var v = x.replacing(with: -87, where: isTiny)
  v = v.replacing(with: 88, where: v .> 88)
  let shifted = v * 1.442_695_04 + magic
  let n = shifted - magic
  // ln 2 in two parts, the first with trailing zeros, so that n · first is exact.
  let r = (v - n * 0.693_359_375) + n * 2.121_944_4e-4
  var p = r * 1.984_126_98e-4 + 1.388_888_89e-3
  p = p * r + 8.333_333_33e-3
  p = p * r + 4.166_666_67e-2
  p = p * r + 0.166_666_667
  p = p * r + 0.5
  p = (p * r) * r + r
  p = p + 1
  let bits = unsafe unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
  let scaled = unsafe unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ bits, to: Lanes.self)
  return scaled.replacing(with: 0, where: isTiny)
}

/// The same function of one number.
@inline(__always)
func exponential(_ x: Float) -> Float { exponential(Lanes(repeating: x))[0] }

/// x ← exp(x·scale − shift) in place; returns the sum. x·scale − shift is at most 0 in softmax.
func exponentiateRow(_ x: UnsafeMutablePointer<Float>, scale: Float, shift: Float, _ count: Int) -> Float {
  var sum = Lanes.zero
  var i = 0
  while i + 8 <= count {
    let e = unsafe exponential(load(x + i) * scale - shift)
    unsafe store(e, x + i)
    sum += e
    i += 8
  }
  var total = sum.sum()
  while i < count {
    let e = unsafe exponential(x[i] * scale - shift)
    unsafe x[i] = e
    total += e
    i += 1
  }
  return total
}
