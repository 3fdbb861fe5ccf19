import KTOCore
import Testing

@testable import KTOTrain

struct ReferencePointTests {
  private func row(_ isDesirable: Bool, _ logRatio: Double, tokens: Int = 4) -> KTORow {
    KTORow(
      isDesirable: isDesirable, policyLogProbability: logRatio - 20, referenceLogProbability: -20,
      completionTokenCount: tokens)
  }

  /// The loss that `opposite_class` gives a batch.
  private func loss(_ rows: [KTORow], _ homogeneous: KTOConfiguration.HomogeneousBatch) -> BatchLoss {
    OppositeClass(homogeneous: homogeneous).loss(of: rows, pairs: [], by: KTOLoss())
  }

  @Test func `trl pairs each prompt with its partner's completion and takes the mean`() {
    let estimator = MismatchedPairs()
    let pairs = estimator.wantedPairs(in: Microbatch(rows: [4, 7], partners: [7, 4]))
    #expect(pairs == [RowPair(prompt: 4, completion: 7), RowPair(prompt: 7, completion: 4)])
    let points = estimator.points(for: [row(true, 1), row(false, 2)], pairs: [0.5, 1.5])
    #expect(points == ReferencePoints(ReferencePoint(logRatios: [0.5, 1.5])))
  }

  /// The pairs that `window` wants of the first step over rows in sequential order.
  private func windowPairs(batch: Int, accumulation: Int, promptKeys: [UInt64]) -> [RowPair] {
    let rows = promptKeys.enumerated().map {
      FeedRow(label: $0 % 2 == 0, promptKey: $1, completionKey: UInt64($0))
    }
    let plan = BatchPlan(
      rows: rows, order: .sequential, batchSize: batch, accumulation: accumulation, seed: 1)
    return StepWindow().wantedPairs(inStep: plan.epoch(0)[0])
  }

  @Test func `the pairs of a window do not depend on its microbatches`() {
    let keys: [UInt64] = [1, 1, 2, 3, 4, 4, 5, 6]
    let expected = windowPairs(batch: 8, accumulation: 1, promptKeys: keys)
    #expect(expected.count == 8)
    for (batch, accumulation) in [(1, 8), (2, 4), (4, 2), (3, 3)] {
      #expect(windowPairs(batch: batch, accumulation: accumulation, promptKeys: keys) == expected)
    }
  }

  @Test func `a window pairs each row with another prompt's completion, each completion once`() {
    let keys: [UInt64] = [1, 1, 1, 2, 2, 3, 3, 3]
    let pairs = windowPairs(batch: 2, accumulation: 4, promptKeys: keys)
    #expect(pairs.allSatisfy { keys[$0.prompt] != keys[$0.completion] })
    #expect(Set(pairs.map(\.completion)).count == 8)
  }

  @Test func `a window of one row takes its completion from elsewhere in the data`() {
    #expect(
      windowPairs(batch: 1, accumulation: 1, promptKeys: [1, 1, 2]) == [RowPair(prompt: 0, completion: 2)])
  }

  @Test func `every microbatch of a window has the window's estimate`() {
    var estimator = StepWindow()
    estimator.beginStep(pairs: [1, 2, 6])
    let points = estimator.points(for: [row(true, 9)], pairs: [])
    #expect(points == ReferencePoints(ReferencePoint(logRatios: [1, 2, 6])))
  }

  @Test func `ema averages signed estimates by the weight it has seen`() {
    var estimator = MovingAverage(decay: 0.75)
    #expect(estimator.points(for: [], pairs: [-3, -1]).desirable.signed == -2)
    // (0.75 · 0.25 · −2 + 0.25 · 5) / (1 − 0.75²)
    let second = estimator.points(for: [], pairs: [4, 6]).undesirable
    #expect(abs(second.signed - 2) < 1e-12)
    var continued = MovingAverage(decay: 0.75)
    continued.state = estimator.state
    let third = estimator.points(for: [], pairs: [1])
    #expect(continued.points(for: [], pairs: [1]) == third)
  }

  /// Log-ratios that a prompt, a completion and chance share in, as those of mismatched pairs do.
  private func syntheticLogRatio(_ pair: RowPair) -> Double {
    func noise(_ stream: Int) -> Double {
      var generator = SeededGenerator(seed: 7, stream: UInt64(stream))
      return (0..<4).reduce(0) { sum, _ in sum + generator.nextUnit() } - 2
    }
    return noise(pair.prompt) + noise(1000 + pair.completion)
      + noise(1_000_000 + 1000 * pair.prompt + pair.completion)
  }

  /// The variance of a signed estimate about the mean of all, over every estimate of one epoch of 200 seeds: 100 rows in
  /// microbatches of 4.
  private func variance(_ estimates: (BatchPlan.Epoch) -> [Double], accumulation: Int) -> Double {
    let rows = (0..<100).map {
      FeedRow(label: $0 % 2 == 0, promptKey: UInt64($0), completionKey: UInt64($0))
    }
    let values = (0..<200).flatMap { seed in
      let plan = BatchPlan(
        rows: rows, order: .shuffled, batchSize: 4, accumulation: accumulation, seed: UInt64(seed))
      return estimates(plan.epoch(0))
    }
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  @Test(arguments: [4, 8])
  func `a window's estimate has at most a quarter of the variance of trl's`(accumulation: Int) {
    let trl = variance(
      { epoch in
        epoch.joined().map { microbatch in
          let pairs = MismatchedPairs().wantedPairs(in: microbatch).map(syntheticLogRatio)
          return MismatchedPairs().points(for: [], pairs: pairs).desirable.signed
        }
      }, accumulation: accumulation)
    let window = variance(
      { epoch in
        // Whole windows: the last of an epoch may have fewer rows.
        epoch.dropLast().map { step in
          var estimator = StepWindow()
          estimator.beginStep(pairs: estimator.wantedPairs(inStep: step).map(syntheticLogRatio))
          return estimator.points(for: [], pairs: []).desirable.signed
        }
      }, accumulation: accumulation)
    #expect(trl > 0)
    #expect(window <= trl / 4, "window \(window), trl \(trl)")
  }

  @Test func `without a reference point nothing is scored and z0 is 0`() {
    #expect(NoReferencePoint().wantedPairs(in: Microbatch(rows: [1], partners: [1])).isEmpty)
    #expect(NoReferencePoint().points(for: [row(true, 3)], pairs: []) == ReferencePoints(.zero))
  }

  @Test func `the opposite class gives each class its reference point`() {
    let rows = [row(true, 1), row(true, 3), row(false, -2), row(false, 5)]
    let batch = loss(rows, .crossEntropy)
    #expect(batch.points.fallback == nil)
    #expect(batch.points.desirable.signed == 1.5 && batch.points.undesirable.signed == 2)
    let expected = rows.map {
      KTOLoss().row(
        logRatio: $0.logRatio, isDesirable: $0.isDesirable, referencePoint: $0.isDesirable ? 1.5 : 2
      ).loss
    }
    #expect(abs(batch.loss - expected.reduce(0, +) / 4) < 1e-15)
  }

  @Test func `desirable rows alone fall back to the mean negative log-likelihood of a token`() {
    let rows = [row(true, 0, tokens: 3), row(true, 4, tokens: 5)]
    let batch = loss(rows, .crossEntropy)
    #expect(batch.points.fallback == OppositeClass.tookCrossEntropy)
    #expect(abs(batch.loss - 36.0 / 8) < 1e-12)
    #expect(batch.coefficients == [-1.0 / 8, -1.0 / 8])
  }

  @Test func `undesirable rows alone are pushed down from zero, never taught`() {
    let rows = [row(false, 1), row(false, 3)]
    for choice in KTOConfiguration.HomogeneousBatch.allCases {
      let batch = loss(rows, choice)
      #expect(batch.points.fallback == OppositeClass.tookZero)
      #expect(batch.coefficients.allSatisfy { $0 > 0 })
      #expect(batch.points.undesirable.value == 0)
    }
  }
}
