import CByteMasks
import KTOCore
import Testing

struct ByteMaskTests {
  @Test func `masks of vectors are those of single bytes`() {
    var random = SeededGenerator(seed: 3)
    var blocks = (0..<4).map { part in (0..<64).map { UInt8(part * 64 + $0) } }
    blocks += (0..<200).map { _ in (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) } }
    for block in blocks {
      let (fast, plain) = unsafe block.withUnsafeBufferPointer { bytes in
        unsafe (kto_byte_masks_of(bytes.baseAddress), kto_byte_masks_scalar(bytes.baseAddress))
      }
      #expect(
        [fast.upper, fast.lower, fast.digit, fast.space] == [
          plain.upper, plain.lower, plain.digit, plain.space,
        ])
      #expect(
        [fast.newline, fast.control, fast.high, fast.inner]
          == [plain.newline, plain.control, plain.high, plain.inner])
    }
  }

  @Test func `the first of some bytes is found at every place`() {
    for place in 0..<70 {
      var text = [UInt8](repeating: 0x61, count: 70)
      text[place] = 0x3C
      let found = unsafe text.withUnsafeBufferPointer { bytes in
        unsafe kto_find_any(bytes.baseAddress, 0, Int64(bytes.count), 0x3C5B_5B5B)
      }
      #expect(found == place)
    }
  }
}
