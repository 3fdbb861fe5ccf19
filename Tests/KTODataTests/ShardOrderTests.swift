import KTOCore
import Testing

@testable import KTOData

@Suite struct ShardOrderTests {
  private func labels(_ desirable: Int, _ undesirable: Int) -> [Bool] {
    (0..<desirable + undesirable).map { $0 < desirable }
  }

  private func isPermutation(_ order: EpochOrder, of count: Int) -> Bool {
    order.rows.sorted() == (0..<UInt32(count)).map { $0 }
  }

  @Test func `each epoch visits every row once, in an order of its own`() {
    let first = EpochOrder(shuffled: 100, seed: 7, epoch: 0)
    #expect(isPermutation(first, of: 100))
    #expect(first == EpochOrder(shuffled: 100, seed: 7, epoch: 0))
    #expect(first != EpochOrder(shuffled: 100, seed: 7, epoch: 1))
    #expect(first != EpochOrder(shuffled: 100, seed: 8, epoch: 0))
    #expect(EpochOrder(shuffled: 0, seed: 7, epoch: 0).rows.isEmpty)
  }

  @Test(arguments: [(50, 50), (10, 90), (51, 50), (90, 11), (3, 97), (0, 9), (1, 0)], [2, 3, 4, 7])
  func `microbatches have both labels as long as there are enough`(counts: (Int, Int), size: Int) {
    let labels = labels(counts.0, counts.1)
    let order = EpochOrder(stratified: labels, microbatch: size, seed: 3, epoch: 1)
    #expect(isPermutation(order, of: labels.count))
    let batches = stride(from: 0, to: labels.count, by: size).map {
      order.rows[$0..<min($0 + size, labels.count)].map { labels[Int($0)] }
    }
    let mixed = batches.count { Set($0).count == 2 }
    let pairable = batches.count { $0.count > 1 }
    #expect(mixed == min(pairable, min(counts.0, counts.1)))
  }

  @Test(arguments: [(50, 50), (10, 90), (67, 33), (0, 5), (5, 0)])
  func `interleaving keeps to each label's share all the way`(counts: (Int, Int)) {
    let labels = labels(counts.0, counts.1)
    let order = EpochOrder(interleaved: labels, seed: 3)
    #expect(isPermutation(order, of: labels.count))
    var desirable = 0
    for (position, row) in order.rows.enumerated() {
      if labels[Int(row)] { desirable += 1 }
      let share = Double(counts.0) / Double(labels.count) * Double(position + 1)
      #expect(abs(Double(desirable) - share) <= 1)
    }
  }
}
