import CTextKernels
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
      #expect([fast.blank, fast.quote] == [plain.blank, plain.quote])
    }
  }

  @Test(arguments: [KTO_MEANING_WORDS, KTO_MEANING_CASED, KTO_MEANING_IDEOGRAPHS])
  func `all vectors fill the same lanes and find the same bits`(_ meaning: kto_meaning) {
    var random = SeededGenerator(seed: 4)
    let blocks = 40
    let text = (0..<blocks * 64).map { UInt8($0 < 256 ? $0 : Int.random(in: 0...255, using: &random)) }
    let lanes = { (vectors: kto_vectors) in
      var lanes = [UInt64](repeating: 0, count: blocks * Int(KTO_LANE_COUNT))
      _ = unsafe kto_fill_lanes(vectors, text, Int64(blocks), meaning, &lanes)
      return lanes
    }
    let positions = { (vectors: kto_vectors, lane: Int) in
      var positions = [UInt32](repeating: 0, count: text.count + 64)
      let count = unsafe kto_bit_positions(vectors, lanes(vectors), Int64(blocks), Int32(lane), &positions)
      return Array(positions[..<Int(count)])
    }
    let plain = lanes(KTO_VECTORS_BASELINE)
    for vectors in [KTO_VECTORS_AVX2, KTO_VECTORS_AVX512]
    where vectors.rawValue <= kto_best_vectors().rawValue {
      #expect(lanes(vectors) == plain)
      for lane in [KTO_LANE_LETTER, KTO_LANE_OTHER, KTO_LANE_START, KTO_LANE_BLANK] {
        #expect(positions(vectors, lane) == positions(KTO_VECTORS_BASELINE, lane))
      }
    }
    let letters = text.indices.filter { (0x41...0x5A).contains(text[$0] & 0xDF) && text[$0] < 0x80 }
    #expect(positions(KTO_VECTORS_BASELINE, KTO_LANE_LETTER) == letters.map(UInt32.init))
  }

  @Test(arguments: [KTO_VECTORS_BASELINE, KTO_VECTORS_AVX2, KTO_VECTORS_AVX512])
  func `a byte is found at every place`(_ vectors: kto_vectors) {
    guard vectors.rawValue <= kto_best_vectors().rawValue else { return }
    let plain = [UInt8](repeating: 0x61, count: 150)
    #expect(unsafe kto_find_any(vectors, plain, 0, 150, 0x3C5B_5B5B) == 150)
    let survey = unsafe kto_survey_of(vectors, plain, 150, 0x3C5B_5B5B)
    #expect(survey.has_high == 0 && survey.has_any == 0)
    for place in 0..<150 {
      for (byte, set) in [(UInt8(0x3C), UInt32(0x3C5B_5B5B)), (0x80, 0x0180_0000)] {
        var text = plain
        text[place] = byte
        #expect(unsafe kto_find_any(vectors, text, 0, 150, set) == place)
        let survey = unsafe kto_survey_of(vectors, text, 150, set)
        #expect((survey.has_high != 0) == (byte >= 0x80) && survey.has_any != 0)
      }
    }
  }

  @Test(arguments: [KTO_VECTORS_BASELINE, KTO_VECTORS_AVX2, KTO_VECTORS_AVX512])
  func `the last word's end is found at every place`(_ vectors: kto_vectors) {
    guard vectors.rawValue <= kto_best_vectors().rawValue else { return }
    for (pair, isEnd) in [
      ("a ", true), ("Z\n", true), ("1 ", false), ("a\t", false), ("@ ", false), ("{ ", false),
    ] {
      for place in 1..<99 {
        var text = [UInt8](repeating: 0x2D, count: 100)
        text.replaceSubrange(place - 1...place, with: pair.utf8)
        #expect(unsafe kto_last_word_end(vectors, text, 1, 100) == (isEnd ? Int64(place) : 0))
        #expect(unsafe kto_last_word_end(vectors, text, Int64(place) + 1, 100) == Int64(place))
      }
    }
  }
}
