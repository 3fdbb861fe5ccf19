import KTOCore
import Testing

struct MinHashTests {
  private func values(_ range: Range<UInt64>) -> [UInt32] {
    range.map { number in
      var generator = SeededGenerator(seed: number)
      return UInt32(truncatingIfNeeded: generator.next())
    }
  }

  @Test(arguments: [0, 1, 7, 200], [1, 31, 32, 120])
  func `the vectors give what value by value is computed`(count: Int, permutations: Int) {
    let hashing = MinHash(count: permutations, seed: 3)
    let values = values(0..<UInt64(count))
    #expect(hashing.signature(of: values.span) == hashing.naiveSignature(of: values))
  }

  @Test func `the estimate of the Jaccard index has no bias`() {
    // 100 pairs with 60 of 100 values in common.
    var sum = 0.0
    for pair in UInt64(0)..<100 {
      let hashing = MinHash(count: 128, seed: pair)
      let start = pair * 1000
      let a = values(start..<(start + 80))
      let b = values((start + 20)..<(start + 100))
      sum += likeness(hashing.signature(of: a.span), hashing.signature(of: b.span))
    }
    #expect(abs(sum / 100 - 0.6) < 0.02)
  }
}
