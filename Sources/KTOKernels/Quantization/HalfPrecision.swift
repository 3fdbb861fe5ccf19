/// The number a float16 (IEEE 754 binary16) stands for; every one of them is exact in float32.
///
/// Integer arithmetic apart from one subtraction of normal numbers, so that neither flush-to-zero nor a quieted
/// NaN changes a bit.
@inline(__always)
package func float32(fromFloat16 bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let magnitude = UInt32(bits & 0x7FFF) << 13
  let exponent = magnitude & 0x0F80_0000
  if exponent == 0x0F80_0000 { return Float(bitPattern: sign | magnitude | 0x7F80_0000) }
  if exponent != 0 { return Float(bitPattern: sign | (magnitude &+ 0x3800_0000)) }
  // Subnormal: the mantissa as a normal number of the smallest exponent, less its implicit one.
  let value = Float(bitPattern: magnitude &+ 0x3880_0000) - Float(bitPattern: 0x3880_0000)
  return Float(bitPattern: sign | value.bitPattern)
}

/// The number a bfloat16 stands for: the upper half of a float32.
@inline(__always)
package func float32(fromBFloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// The bfloat16 nearest to a float32, ties to even; a NaN stays one and becomes quiet.
@inline(__always)
package func bfloat16(fromFloat32 value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
}

/// Decodes little-endian float16 numbers, sixteen at a time.
///
/// - Parameters:
///   - bytes: [N × 2] bytes, of any alignment.
///   - output: [N]; does not overlap `bytes`.
/// - Complexity: O(N).
package func decodeFloat16(_ bytes: RawSpan, into output: inout MutableSpan<Float>) {
  precondition(bytes.byteCount == 2 * output.count)
  unsafe withPointers(bytes, &output) { source, target, count in
    var index = 0
    while index + 16 <= count {
      let bits = unsafe source.loadUnaligned(fromByteOffset: 2 * index, as: SIMD16<UInt16>.self)
      let wide = SIMD16<UInt32>(truncatingIfNeeded: bits)
      let sign = (wide & 0x8000) &<< 16
      let magnitude = (wide & 0x7FFF) &<< 13
      let exponent = magnitude & 0x0F80_0000
      var result = magnitude &+ 0x3800_0000
      result.replace(with: magnitude | 0x7F80_0000, where: exponent .== 0x0F80_0000)
      let small =
        unsafe unsafeBitCast(magnitude &+ 0x3880_0000, to: SIMD16<Float>.self)
        - Float(bitPattern: 0x3880_0000)
      unsafe result.replace(with: unsafeBitCast(small, to: SIMD16<UInt32>.self), where: exponent .== 0)
      unsafe UnsafeMutableRawPointer(target + index).storeBytes(of: result | sign, as: SIMD16<UInt32>.self)
      index += 16
    }
    while index < count {
      unsafe target[index] = float32(
        fromFloat16: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
      index += 1
    }
  }
}

/// Decodes little-endian bfloat16 numbers, sixteen at a time.
///
/// - Parameters:
///   - bytes: [N × 2] bytes, of any alignment.
///   - output: [N]; does not overlap `bytes`.
/// - Complexity: O(N).
package func decodeBFloat16(_ bytes: RawSpan, into output: inout MutableSpan<Float>) {
  precondition(bytes.byteCount == 2 * output.count)
  unsafe withPointers(bytes, &output) { source, target, count in
    var index = 0
    while index + 16 <= count {
      let bits = unsafe source.loadUnaligned(fromByteOffset: 2 * index, as: SIMD16<UInt16>.self)
      let wide = SIMD16<UInt32>(truncatingIfNeeded: bits) &<< 16
      unsafe UnsafeMutableRawPointer(target + index).storeBytes(of: wide, as: SIMD16<UInt32>.self)
      index += 16
    }
    while index < count {
      unsafe target[index] = float32(
        fromBFloat16: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
      index += 1
    }
  }
}

/// Copies little-endian float32 numbers out of bytes of any alignment.
///
/// - Parameters:
///   - bytes: [N × 4] bytes.
///   - output: [N]; does not overlap `bytes`.
package func decodeFloat32(_ bytes: RawSpan, into output: inout MutableSpan<Float>) {
  precondition(bytes.byteCount == 4 * output.count)
  unsafe withPointers(bytes, &output) { source, target, count in
    unsafe UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: 4 * count)
  }
}

/// Rounds float32 numbers to the nearest bfloat16, ties to even, sixteen at a time.
///
/// - Parameters:
///   - values: [N].
///   - output: [N] bit patterns; does not overlap `values`.
/// - Complexity: O(N).
package func encodeBFloat16(_ values: Span<Float>, into output: inout MutableSpan<UInt16>) {
  precondition(values.count == output.count)
  unsafe withPointers(values.bytes, &output) { source, target, count in
    var index = 0
    while index + 16 <= count {
      let bits = unsafe source.loadUnaligned(fromByteOffset: 4 * index, as: SIMD16<UInt32>.self)
      var rounded = (bits &+ 0x7FFF &+ ((bits &>> 16) & 1)) &>> 16
      rounded.replace(with: (bits &>> 16) | 0x40, where: (bits & 0x7FFF_FFFF) .> 0x7F80_0000)
      unsafe UnsafeMutableRawPointer(target + index).storeBytes(
        of: SIMD16<UInt16>(truncatingIfNeeded: rounded), as: SIMD16<UInt16>.self)
      index += 16
    }
    while index < count {
      unsafe target[index] = bfloat16(
        fromFloat32: source.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
      index += 1
    }
  }
}

/// Lends both sides as pointers for the length of a call; nothing when there is nothing to do.
@inline(__always)
private func withPointers<Element>(
  _ bytes: RawSpan, _ output: inout MutableSpan<Element>,
  _ body: (UnsafeRawPointer, UnsafeMutablePointer<Element>, Int) -> Void
) {
  unsafe bytes.withUnsafeBytes { source in
    unsafe output.withUnsafeMutableBufferPointer { target in
      if let from = source.baseAddress, let to = target.baseAddress { unsafe body(from, to, target.count) }
    }
  }
}
