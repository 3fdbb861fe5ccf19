import KTOHub
import Testing

struct AssistantMaskTests {
  private let text = Array("ab cd😀".utf8)

  @Test(arguments: [
    ([3..<5], [false, false, true, false]), ([0..<2, 3..<9], [true, false, true, true]),
    ([], [false, false, false, false]),
    // From the middle of a token to the middle of another.
    ([1..<4], [true, true, true, false]), ([4..<4], [false, false, true, false]),
    ([9..<9], [false, false, false, false]),
  ])
  func `the tokens between the first and the last character are marked`(
    _ ranges: [Range<Int>], _ mask: [Bool]
  ) {
    #expect(assistantMask(ranges: ranges, offsets: [0..<2, 2..<3, 3..<5, 5..<9], text: text) == mask)
  }

  @Test func `of a last character in several tokens the first is marked`() {
    let bytes = [0..<5, 5..<7, 7..<8, 8..<9]
    #expect(assistantMask(ranges: [3..<9], offsets: bytes, text: text) == [true, true, false, false])
    let characters = [0..<5, 5..<9, 5..<9, 5..<9]
    #expect(assistantMask(ranges: [3..<9], offsets: characters, text: text) == [true, true, false, false])
  }

  @Test func `what was cut off is not marked`() {
    #expect(assistantMask(ranges: [0..<2, 3..<5], offsets: [0..<2], text: text) == [true])
    #expect(assistantMask(ranges: [3..<5], offsets: [], text: text) == [])
  }

  @Test func `white space without a token is passed over`() {
    #expect(assistantMask(ranges: [0..<3], offsets: [0..<2, 3..<5], text: text) == [true, false])
  }
}
