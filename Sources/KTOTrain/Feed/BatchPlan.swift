internal import KTOData

/// Which rows each optimizer step sees, in which microbatches, and whose completion stands in for whose in
/// the mismatched pairs that estimate the KL term.
///
/// A pure function of the labels, the sizes and the seed: a run that resumes at step *s* computes the same
/// plan and goes on from there, so the position is all a checkpoint has to keep.
package struct BatchPlan: Sendable {
  /// Rows that share one reference point.
  package struct Microbatch: Sendable, Equatable {
    /// Indices into the data set.
    package var rows: [Int]
    /// For each row, the row whose completion follows this row's prompt in the mismatched pair.
    package var partners: [Int]
  }

  package enum Order: String, Sendable, CaseIterable {
    /// The order of the data, as TRL takes it.
    case sequential
    /// A seeded shuffle each epoch that gives each microbatch both classes as long as there are enough.
    case shuffled
  }

  /// What the plan has to know of a row.
  package struct Row: Sendable {
    package var label: Bool
    /// Equal for rows whose prompt is the same.
    package var promptKey: Int
    /// Equal for rows whose completion is the same.
    package var completionKey: Int

    package init(label: Bool, promptKey: Int, completionKey: Int) {
      self.label = label
      self.promptKey = promptKey
      self.completionKey = completionKey
    }
  }

  private let rows: [Row]
  private let order: Order
  private let batchSize: Int
  private let accumulation: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - batchSize: rows a microbatch, at least 1.
  ///   - accumulation: microbatches an optimizer step, at least 1.
  package init(rows: [Row], order: Order, batchSize: Int, accumulation: Int, seed: UInt64) {
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
  package func epoch(_ epoch: Int) -> [[Microbatch]] {
    let order = rowOrder(epoch: epoch)
    let microbatches = stride(from: 0, to: order.count, by: batchSize).map { start in
      let chunk = Array(order[start..<min(start + batchSize, order.count)])
      return Microbatch(rows: chunk, partners: partners(of: chunk, at: start, in: order))
    }
    return stride(from: 0, to: microbatches.count, by: accumulation).map {
      Array(microbatches[$0..<min($0 + accumulation, microbatches.count)])
    }
  }

  private func rowOrder(epoch: Int) -> [Int] {
    guard order == .shuffled else { return Array(rows.indices) }
    let order = EpochOrder(
      stratified: rows.map(\.label), microbatch: batchSize, seed: seed, epoch: epoch)
    return order.rows.map(Int.init)
  }

  /// TRL's rotation by one within the microbatch. In shuffled order a partner with the same prompt or the
  /// same completion would measure the row itself, so the next row of the epoch that differs stands in.
  private func partners(of chunk: [Int], at start: Int, in order: [Int]) -> [Int] {
    chunk.indices.map { index in
      let row = chunk[index]
      let rotated = chunk[(index + chunk.count - 1) % chunk.count]
      guard self.order == .shuffled, !differ(row, rotated) else { return rotated }
      for step in 1..<max(order.count, 2) {
        let candidate = order[(start + index + step) % order.count]
        if differ(row, candidate) { return candidate }
      }
      return rotated
    }
  }

  private func differ(_ a: Int, _ b: Int) -> Bool {
    rows[a].promptKey != rows[b].promptKey && rows[a].completionKey != rows[b].completionKey
  }
}
