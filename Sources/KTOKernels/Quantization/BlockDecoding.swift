// One function a block layout. `block` points at the block's bytes, which the caller's span keeps alive;
// `output` at its numbers; the two do not overlap. Products and sums are rounded one by one, never fused, as
// the `gguf` package rounds them.

@inline(__always)
private func half(_ block: UnsafeRawPointer, at offset: Int) -> Float {
  unsafe float32(fromFloat16: block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
}

@inline(__always)
private func byte(_ block: UnsafeRawPointer, at offset: Int) -> UInt8 {
  unsafe block.load(fromByteOffset: offset, as: UInt8.self)
}

/// Layout: scale f16, 16 bytes whose low nibbles are numbers 0…15 and high nibbles 16…31, biased by 8.
@inline(__always)
func decodeQ4_0(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let scale = unsafe half(block, at: 0)
  for index in 0..<16 {
    let packed = unsafe byte(block, at: 2 + index)
    unsafe output[index] = scale * Float(Int(packed & 15) - 8)
    unsafe output[index + 16] = scale * Float(Int(packed >> 4) - 8)
  }
}

/// Layout: scale f16, minimum f16, nibbles as in Q4_0 without bias.
@inline(__always)
func decodeQ4_1(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let (scale, minimum) = unsafe (half(block, at: 0), half(block, at: 2))
  for index in 0..<16 {
    let packed = unsafe byte(block, at: 4 + index)
    unsafe output[index] = scale * Float(packed & 15) + minimum
    unsafe output[index + 16] = scale * Float(packed >> 4) + minimum
  }
}

/// Layout: scale f16, 32 fifth bits, nibbles as in Q4_0; biased by 16.
@inline(__always)
func decodeQ5_0(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let scale = unsafe half(block, at: 0)
  let high = unsafe block.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
  for index in 0..<16 {
    let packed = unsafe UInt32(byte(block, at: 6 + index))
    let low = packed & 15 | (high >> UInt32(index) & 1) << 4
    let top = packed >> 4 | (high >> UInt32(index + 16) & 1) << 4
    unsafe output[index] = scale * Float(Int(low) - 16)
    unsafe output[index + 16] = scale * Float(Int(top) - 16)
  }
}

/// Layout: scale f16, minimum f16, 32 fifth bits, nibbles; no bias.
@inline(__always)
func decodeQ5_1(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let (scale, minimum) = unsafe (half(block, at: 0), half(block, at: 2))
  let high = unsafe block.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
  for index in 0..<16 {
    let packed = unsafe UInt32(byte(block, at: 8 + index))
    let low = packed & 15 | (high >> UInt32(index) & 1) << 4
    let top = packed >> 4 | (high >> UInt32(index + 16) & 1) << 4
    unsafe output[index] = scale * Float(low) + minimum
    unsafe output[index + 16] = scale * Float(top) + minimum
  }
}

/// Layout: scale f16, 32 signed bytes.
@inline(__always)
func decodeQ8_0(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let scale = unsafe half(block, at: 0)
  for index in 0..<32 {
    unsafe output[index] = Float(Int8(bitPattern: byte(block, at: 2 + index))) * scale
  }
}

/// The 6-bit scale and minimum of one of eight groups, from the 12 bytes they are packed into.
@inline(__always)
private func scaleAndMinimum(_ packed: UnsafeRawPointer, _ group: Int) -> (scale: Float, minimum: Float) {
  if group < 4 {
    return unsafe (Float(byte(packed, at: group) & 63), Float(byte(packed, at: group + 4) & 63))
  }
  let shared = unsafe byte(packed, at: group + 4)
  let scale = unsafe shared & 15 | (byte(packed, at: group - 4) >> 6) << 4
  let minimum = unsafe shared >> 4 | (byte(packed, at: group) >> 6) << 4
  return (Float(scale), Float(minimum))
}

/// Layout: scale of scales f16, scale of minima f16, 12 bytes of 6-bit scales and minima, 128 bytes of nibbles;
/// each 32 bytes hold one group in the low nibbles and the next in the high ones.
@inline(__always)
func decodeQ4_K(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let (scales, minima) = unsafe (half(block, at: 0), half(block, at: 2))
  for group in 0..<8 {
    let packed = unsafe scaleAndMinimum(block + 4, group)
    let (scale, minimum) = (scales * packed.scale, minima * packed.minimum)
    let shift = UInt8(group & 1) * 4
    for index in 0..<32 {
      let number = unsafe byte(block, at: 16 + (group / 2) * 32 + index) >> shift & 15
      unsafe output[group * 32 + index] = scale * Float(number) - minimum
    }
  }
}

/// Layout: as Q4_K, with 32 bytes of fifth bits (bit g of byte i belongs to number i of group g) before the nibbles.
@inline(__always)
func decodeQ5_K(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let (scales, minima) = unsafe (half(block, at: 0), half(block, at: 2))
  for group in 0..<8 {
    let packed = unsafe scaleAndMinimum(block + 4, group)
    let (scale, minimum) = (scales * packed.scale, minima * packed.minimum)
    let shift = UInt8(group & 1) * 4
    for index in 0..<32 {
      let low = unsafe byte(block, at: 48 + (group / 2) * 32 + index) >> shift & 15
      let high = unsafe byte(block, at: 16 + index) >> UInt8(group) & 1
      unsafe output[group * 32 + index] = scale * Float(low | high << 4) - minimum
    }
  }
}

/// Layout: 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed scales, scale of scales f16; biased
/// by 32. Each half of the block has 64 nibble bytes (low nibbles, then high ones) and 32 bytes of four pairs.
@inline(__always)
func decodeQ6_K(_ block: UnsafeRawPointer, _ output: UnsafeMutablePointer<Float>) {
  let scaleOfScales = unsafe half(block, at: 208)
  for row in 0..<8 {
    let (part, quarter) = (row / 4, row % 4)
    let nibbles = part * 64 + (quarter & 1) * 32
    let nibbleShift = UInt8(quarter / 2) * 4
    for index in 0..<32 {
      let low = unsafe byte(block, at: nibbles + index) >> nibbleShift & 15
      let high = unsafe byte(block, at: 128 + part * 32 + index) >> UInt8(quarter * 2) & 3
      let scale = unsafe Int8(bitPattern: byte(block, at: 192 + row * 2 + index / 16))
      let number = Int(low | high << 4) - 32
      unsafe output[row * 32 + index] = scaleOfScales * Float(scale) * Float(number)
    }
  }
}
