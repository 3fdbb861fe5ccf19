import KTOCore
import Testing

@testable import KTOTrain

struct BatchPlanTests {
  private func plan(
    _ labels: [Bool], order: RowOrder, batch: Int = 2, accumulation: Int = 2, seed: UInt64 = 1,
    promptKeys: [UInt64]? = nil
  ) -> BatchPlan {
    BatchPlan(
      rows: labels.indices.map {
        FeedRow(label: labels[$0], promptKey: promptKeys?[$0] ?? UInt64($0), completionKey: UInt64($0))
      }, order: order, batchSize: batch, accumulation: accumulation, seed: seed)
  }

  @Test func `sequential order pairs by TRL's rotation within each microbatch`() {
    let steps = plan([true, false, true, true, false], order: .sequential, batch: 3).epoch(0)
    #expect(steps.count == 1)
    #expect(steps[0].map(\.rows) == [[0, 1, 2], [3, 4]])
    #expect(steps[0].map(\.partners) == [[2, 0, 1], [4, 3]])
  }

  @Test func `a step does not cross the end of an epoch`() {
    let plan = plan(Array(repeating: true, count: 7), order: .sequential)
    #expect(plan.stepsPerEpoch == 2)
    #expect(plan.epoch(0).map(\.count) == [2, 2])
    #expect(plan.epoch(0).last?.last?.rows == [6])
  }

  @Test func `every row comes once in each shuffled epoch, in another order`() {
    let plan = plan((0..<100).map { $0 < 50 }, order: .shuffled)
    let epochs = (0..<2).map { plan.epoch($0).flatMap { $0 }.flatMap(\.rows) }
    #expect(epochs.allSatisfy { $0.sorted() == Array(0..<100) })
    #expect(epochs[0] != epochs[1])
  }

  @Test func `shuffled microbatches of a balanced set hold both classes`() {
    let labels = (0..<100).map { $0 < 50 }
    for microbatch in plan(labels, order: .shuffled).epoch(0).flatMap({ $0 }) {
      #expect(Set(microbatch.rows.map { labels[$0] }).count == 2)
    }
  }

  @Test func `no shuffled row is paired with its own prompt or completion`() {
    let keys: [UInt64] = [0, 0, 1, 1, 2, 2, 3]
    let plan = plan([true, false, true, false, true, false, true], order: .shuffled, promptKeys: keys)
    for epoch in 0..<20 {
      for microbatch in plan.epoch(epoch).flatMap({ $0 }) {
        for (row, partner) in zip(microbatch.rows, microbatch.partners) {
          #expect(keys[row] != keys[partner])
        }
      }
    }
  }

  @Test func `by length each row comes once, with both classes in each microbatch, and lengths are alike`() {
    var generator = SeededGenerator(seed: 9)
    let rows = (0..<103).map { index in
      FeedRow(
        label: index % 2 == 0, promptLength: 1 + generator.next(below: 400), completionLength: 10,
        promptKey: UInt64(index), completionKey: UInt64(index))
    }
    func microbatches(_ order: RowOrder, epoch: Int = 0) -> [[Int]] {
      BatchPlan(rows: rows, order: order, batchSize: 4, accumulation: 2, seed: 1).epoch(epoch).joined()
        .map(\.rows)
    }
    /// Tokens that padding each microbatch to its longest row would add.
    func padding(_ microbatches: [[Int]]) -> Int {
      microbatches.reduce(0) { sum, batch in
        let lengths = batch.map { rows[$0].promptLength }
        return sum + (lengths.max() ?? 0) * lengths.count - lengths.reduce(0, +)
      }
    }
    let byLength = microbatches(.length)
    #expect(byLength.joined().sorted() == Array(0..<103))
    #expect(byLength.allSatisfy { batch in batch.count < 4 || Set(batch.map { rows[$0].label }).count == 2 })
    #expect(padding(byLength) * 3 < padding(microbatches(.shuffled)))
    #expect(byLength == microbatches(.length) && byLength != microbatches(.length, epoch: 1))
  }

  @Test func `a microbatch pairs by exchange, so that each of its completions comes once`() {
    // The rotation would pair rows 0 and 1 with one another's prompt.
    let partners = deranged([0, 1, 2, 3], orElse: { _ in [] }, differ: { $0 / 2 != $1 / 2 })
    #expect(Set(partners) == [0, 1, 2, 3])
    #expect(zip([0, 1, 2, 3], partners).allSatisfy { $0 / 2 != $1 / 2 })
  }

  @Test func `the same seed gives the same plan`() {
    let labels = (0..<30).map { $0 % 3 == 0 }
    func epoch(seed: UInt64) -> [[Microbatch]] { Array(plan(labels, order: .shuffled, seed: seed).epoch(3)) }
    #expect(epoch(seed: 5) == epoch(seed: 5))
    #expect(epoch(seed: 5) != epoch(seed: 6))
  }
}
