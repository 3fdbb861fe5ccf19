import Testing

@testable import KTOKernels

/// Every bit pattern of 16 bits, and one more so that the last goes through the scalar tail.
private let patterns: [UInt16] = (0...UInt16.max).map { $0 } + [0x3C00]

struct QuantizationHalfPrecisionTests {
  @Test func `every float16 decodes to the number the standard library gives`() {
    var decoded = [Float](repeating: 0, count: patterns.count)
    var span = decoded.mutableSpan
    unsafe decodeFloat16(patterns.span.bytes, into: &span)
    var differing = 0
    for (bits, value) in zip(patterns, decoded) {
      let expected = Float(Float16(bitPattern: bits))
      let same = expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern
      if !same || float32(fromFloat16: bits).bitPattern != value.bitPattern { differing += 1 }
    }
    #expect(differing == 0)
  }

  @Test func `every bfloat16 survives decoding and encoding`() {
    var decoded = [Float](repeating: 0, count: patterns.count)
    var span = decoded.mutableSpan
    unsafe decodeBFloat16(patterns.span.bytes, into: &span)
    var encoded = [UInt16](repeating: 0, count: patterns.count)
    var target = encoded.mutableSpan
    encodeBFloat16(decoded.span, into: &target)
    let expected = patterns.map { $0 & 0x7FFF > 0x7F80 ? $0 | 0x40 : $0 }
    #expect(encoded == expected)
  }

  @Test func `bfloat16 rounds to the nearest, and a tie to the even one`() {
    let values: [UInt32] = [
      0x3F80_7FFF, 0x3F80_8000, 0x3F80_8001, 0x3F81_8000, 0xBF81_8000, 0x7F7F_FFFF, 0x0000_8001, 0x7F80_0001,
    ]
    let expected: [UInt16] = [0x3F80, 0x3F80, 0x3F81, 0x3F82, 0xBF82, 0x7F80, 0x0001, 0x7FC0]
    #expect(values.map { bfloat16(fromFloat32: Float(bitPattern: $0)) } == expected)
    let floats = (values + values).map { Float(bitPattern: $0) }
    var encoded = [UInt16](repeating: 0, count: 16)
    var target = encoded.mutableSpan
    encodeBFloat16(floats.span, into: &target)
    #expect(encoded == expected + expected)
  }

  @Test func `numbers decode from bytes of any alignment`() {
    let bytes: [UInt8] = [0xFF] + (0..<40).flatMap { _ in [0x00, 0x3C] as [UInt8] }
    var decoded = [Float](repeating: 0, count: 40)
    var span = decoded.mutableSpan
    unsafe decodeFloat16(bytes.span.bytes.extracting(1..<81), into: &span)
    #expect(decoded == [Float](repeating: 1, count: 40))
  }
}
