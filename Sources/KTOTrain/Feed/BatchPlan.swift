internal import KTOData

/// Which rows each optimizer step sees, in which microbatches, and whose completion stands in for whose in the
/// mismatched pairs that estimate the KL term.
///
/// A pure function of the labels, the sizes and the seed: a run that resumes at step *s* computes the same
/// plan and goes on from there, so the position is all a checkpoint has to keep.
package struct BatchPlan: Sendable {
  fileprivate let rows: [FeedRow]
  fileprivate let order: RowOrder
  fileprivate let batchSize: Int
  fileprivate let accumulation: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - batchSize: rows a microbatch, at least 1.
  ///   - accumulation: microbatches an optimizer step, at least 1.
  package init(rows: [FeedRow], order: RowOrder, batchSize: Int, accumulation: Int, seed: UInt64) {
    precondition(batchSize > 0 && accumulation > 0)
    self.rows = rows
    self.order = order
    self.batchSize = batchSize
    self.accumulation = accumulation
    self.seed = seed
  }

  package var microbatchesPerEpoch: Int { (rows.count + batchSize - 1) / batchSize }

  /// Optimizer steps an epoch; the last may accumulate fewer microbatches.
  package var stepsPerEpoch: Int { (microbatchesPerEpoch + accumulation - 1) / accumulation }

  /// The optimizer steps of one epoch, counted from 0.
  package func epoch(_ epoch: Int) -> Epoch {
    switch order {
    case .sequential: Epoch(plan: self, order: EpochOrder(sequential: rows.count).rows)
    case .length:
      Epoch(
        plan: self, order: LengthOrder(rows, microbatch: batchSize, seed: seed, epoch: epoch).rows)
    case .shuffled:
      Epoch(
        plan: self,
        order: EpochOrder(stratified: rows.map(\.label), microbatch: batchSize, seed: seed, epoch: epoch).rows
      )
    }
  }

  /// The optimizer steps of one epoch, each the microbatches it accumulates, made when they are asked for: 4 bytes a row.
  package struct Epoch: RandomAccessCollection, Sendable {
    fileprivate let plan: BatchPlan
    fileprivate let order: [UInt32]

    package var startIndex: Int { 0 }
    package var endIndex: Int { plan.stepsPerEpoch }

    package subscript(step: Int) -> [Microbatch] {
      let first = step * plan.accumulation
      let numbers = first..<Swift.min(first + plan.accumulation, plan.microbatchesPerEpoch)
      let places = numbers.lowerBound * plan.batchSize..<end(of: numbers.upperBound - 1)
      let partners = stepPartners(of: order[places].map { Int($0) })
      return numbers.map { number in
        let start = number * plan.batchSize
        let chunk = order[start..<end(of: number)].map { Int($0) }
        return Microbatch(
          rows: chunk, partners: self.partners(of: chunk, at: start),
          stepPartners: chunk.map { partners[$0] ?? $0 })
      }
    }

    private func end(of microbatch: Int) -> Int { Swift.min((microbatch + 1) * plan.batchSize, order.count) }

    /// In sequential order TRL's rotation by one within the microbatch; else a derangement, for which the epoch's
    /// next rows stand in where the microbatch has none.
    private func partners(of chunk: [Int], at start: Int) -> [Int] {
      guard plan.order != .sequential else {
        return chunk.indices.map { chunk[($0 + chunk.count - 1) % chunk.count] }
      }
      return deranged(
        chunk,
        orElse: { place in
          (1..<Swift.max(order.count, 2)).lazy.map { Int(order[(start + place + $0) % order.count]) }
        }, differ: differ)
    }

    /// Partners within the rows of an optimizer step, by row. They depend on which rows these are alone, not on their
    /// order.
    private func stepPartners(of rows: [Int]) -> [Int: Int] {
      let sorted = rows.sorted()
      let partners = deranged(
        sorted,
        orElse: { place in
          (1..<Swift.max(order.count, 2)).lazy.map { (sorted[place] + $0) % order.count }
        }, differ: differ)
      return Dictionary(zip(sorted, partners), uniquingKeysWith: { first, _ in first })
    }

    private func differ(_ a: Int, _ b: Int) -> Bool {
      plan.rows[a].promptKey != plan.rows[b].promptKey
        && plan.rows[a].completionKey != plan.rows[b].completionKey
    }
  }
}
