internal import KTOCore
internal import KTOData

/// The order of an epoch in which the rows of a microbatch are about as long as one another: the same labels in the same
/// places as in the shuffled order, with other rows of the label.
///
/// Rows are sorted by length within stretches of `stretch` microbatches, and the microbatches of a stretch are shuffled
/// after that, so that an optimizer step has short and long ones. A microbatch of long rows sets what a run needs of
/// memory, and one of equal rows keeps every core busy to its end.
struct LengthOrder {
  static let stretch = 32
  let rows: [UInt32]

  /// - Parameter microbatch: rows that are computed together.
  init(_ feed: [FeedRow], microbatch: Int, seed: UInt64, epoch: Int) {
    let labels = feed.map(\.label)
    let order = EpochOrder(stratified: labels, microbatch: microbatch, seed: seed, epoch: epoch).rows
    // A stream of its own, so that the shuffle of microbatches is not that of rows.
    var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch)) ^ 0x4C65_6E67_7468)
    var rows: [UInt32] = []
    rows.reserveCapacity(order.count)
    for start in stride(from: 0, to: order.count, by: microbatch * Self.stretch) {
      let part = order[start..<min(start + microbatch * Self.stretch, order.count)]
      // The last microbatch of an epoch may have fewer rows, and stays the last.
      let whole = part.count / microbatch * microbatch
      rows += Self.sorted(Array(part.prefix(whole)), feed, microbatch, &generator)
      rows += part.dropFirst(whole)
    }
    self.rows = rows
  }

  private static func sorted(
    _ part: [UInt32], _ feed: [FeedRow], _ microbatch: Int, _ generator: inout SeededGenerator
  ) -> [UInt32] {
    func byLength(_ isDesirable: Bool) -> [UInt32] {
      func length(_ row: UInt32) -> Int { feed[Int(row)].promptLength + feed[Int(row)].completionLength }
      // Equal lengths keep the shuffled order.
      return part.filter { feed[Int($0)].label == isDesirable }.enumerated()
        .sorted { (length($0.element), $0.offset) < (length($1.element), $1.offset) }.map(\.element)
    }
    var (desirable, undesirable) = (byLength(true)[...], byLength(false)[...])
    let sorted = part.map { row in
      feed[Int(row)].label ? desirable.removeFirst() : undesirable.removeFirst()
    }
    return stride(from: 0, to: sorted.count, by: microbatch).map { $0 }.shuffled(by: &generator)
      .flatMap { sorted[$0..<$0 + microbatch] }
  }
}
