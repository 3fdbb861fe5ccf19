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
      return (first..<Swift.min(first + plan.accumulation, plan.microbatchesPerEpoch)).map { microbatch($0) }
    }

    private func microbatch(_ number: Int) -> Microbatch {
      let start = number * plan.batchSize
      let chunk = order[start..<Swift.min(start + plan.batchSize, order.count)].map { Int($0) }
      return Microbatch(rows: chunk, partners: partners(of: chunk, at: start))
    }

    /// TRL's rotation by one within the microbatch. In shuffled order a partner with the same prompt or the
    /// same completion would measure the row itself, so the next row of the epoch that differs stands in.
    private func partners(of chunk: [Int], at start: Int) -> [Int] {
      chunk.indices.map { index in
        let row = chunk[index]
        let rotated = chunk[(index + chunk.count - 1) % chunk.count]
        guard plan.order == .shuffled, !differ(row, rotated) else { return rotated }
        for step in 1..<Swift.max(order.count, 2) {
          let candidate = Int(order[(start + index + step) % order.count])
          if differ(row, candidate) { return candidate }
        }
        return rotated
      }
    }

    private func differ(_ a: Int, _ b: Int) -> Bool {
      plan.rows[a].promptKey != plan.rows[b].promptKey
        && plan.rows[a].completionKey != plan.rows[b].completionKey
    }
  }
}
