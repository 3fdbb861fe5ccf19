internal import KTOCore

/// The order in which one pass over the rows goes: a permutation of 0 ..< n that (seed, epoch) decides alone,
/// so that a position in it is all a checkpoint needs.
///
/// 4 bytes a row. Source: Fisher and Yates's shuffle on xoshiro256**, stream = epoch.
package struct EpochOrder: Sendable, Equatable {
  /// Row numbers in the order they are read.
  package let rows: [UInt32]

  private init(rows: [UInt32]) { self.rows = rows }

  /// Rows as they lie in the shards.
  package init(sequential count: Int) { self.init(rows: numbers(below: count)) }

  /// Rows in an order of their own for each epoch.
  package init(shuffled count: Int, seed: UInt64, epoch: Int) {
    var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
    self.init(rows: numbers(below: count).shuffled(by: &generator))
  }

  /// A shuffle in which each microbatch of at least two rows has both labels, as long as there are enough of
  /// each: chance alone decides the rest.
  /// - Parameters:
  ///   - labels: of each row.
  ///   - microbatch: rows that are computed together; with 1 this is the plain shuffle.
  package init(stratified labels: [Bool], microbatch: Int, seed: UInt64, epoch: Int) {
    guard microbatch > 1 else {
      self.init(shuffled: labels.count, seed: seed, epoch: epoch)
      return
    }
    var generator = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
    let shuffled = numbers(below: labels.count).shuffled(by: &generator)
    var (minority, majority) = (shuffled.filter { labels[Int($0)] }, shuffled.filter { !labels[Int($0)] })
    if minority.count > majority.count { swap(&minority, &majority) }

    let sizes = stride(from: 0, to: labels.count, by: microbatch).map { min(microbatch, labels.count - $0) }
    let pairable = sizes.indices.filter { sizes[$0] > 1 }
    // How many rows of the rarer label each microbatch takes: one each as far as they go, …
    var shares = [Int](repeating: 0, count: sizes.count)
    for batch in pairable.shuffled(by: &generator).prefix(minority.count) { shares[batch] = 1 }
    // … then the rest where room is, leaving one place for the other label. There is always room enough:
    // half of the rows at most are of the rarer label.
    let surplus = max(0, minority.count - pairable.count)
    if surplus > 0 {
      let room = pairable.flatMap { [Int](repeating: $0, count: max(0, sizes[$0] - 2)) }
      for batch in room.shuffled(by: &generator).prefix(surplus) { shares[batch] += 1 }
    }
    var order: [UInt32] = []
    order.reserveCapacity(labels.count)
    var (takenMinority, takenMajority) = (0, 0)
    for (batch, size) in sizes.enumerated() {
      let fromMinority = min(shares[batch], minority.count - takenMinority)
      let fromMajority = min(size - fromMinority, majority.count - takenMajority)
      let members =
        minority[takenMinority..<takenMinority + fromMinority]
        + majority[takenMajority..<takenMajority + fromMajority]
      order += Array(members).shuffled(by: &generator)
      takenMinority += fromMinority
      takenMajority += fromMajority
    }
    // Nothing is ever lost, even if the reasoning above were wrong.
    order += minority[takenMinority...]
    order += majority[takenMajority...]
    self.init(rows: order)
  }

  /// A shuffle that spreads each label evenly, for shards that other trainers read from front to back: after
  /// every k rows each label has come as often as its share of k, to within one row.
  package init(interleaved labels: [Bool], seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 0x5EED_0F0D)
    let shuffled = numbers(below: labels.count).shuffled(by: &generator)
    let (desirable, undesirable) = (shuffled.filter { labels[Int($0)] }, shuffled.filter { !labels[Int($0)] })
    var order: [UInt32] = []
    order.reserveCapacity(labels.count)
    var (d, u) = (0, 0)
    while d < desirable.count || u < undesirable.count {
      // The label that is further behind: (2d + 1) / |D| against (2u + 1) / |U|.
      if u >= undesirable.count
        || d < desirable.count && (2 * d + 1) * undesirable.count <= (2 * u + 1) * desirable.count
      {
        order.append(desirable[d])
        d += 1
      } else {
        order.append(undesirable[u])
        u += 1
      }
    }
    self.init(rows: order)
  }
}

private func numbers(below count: Int) -> [UInt32] {
  precondition(count <= Int(UInt32.max), "a row's number has 32 bits")
  return (0..<UInt32(count)).map { $0 }
}
