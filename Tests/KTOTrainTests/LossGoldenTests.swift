import KTOCore
import KTOTestSupport
import Testing

@testable import KTOTrain

/// Batches that the peers' own loss functions computed, made by `Tests/Oracles/loss_goldens.py`.
struct LossGoldenTests {
  private struct Batch {
    var rows: [KTORow]
    /// Log-ratios of the mismatched pairs, nats.
    var pairs: [Double]
    var expected: JSONNode

    /// - Parameter limits: between which a token's log-ratio is held; nil for none.
    init(_ line: JSONNode, limits: ClosedRange<Double>?) throws {
      func numbers(_ key: String) throws -> [[Double]] {
        try #require(line[key]?.array).map { ($0.array ?? []).compactMap(\.double) }
      }
      func ratios(_ policy: [Double], _ reference: [Double], _ limits: ClosedRange<Double>) -> TokenLogRatios
      {
        TokenLogRatios(
          policy: policy.map { Float($0) }, reference: reference.map { Float($0) }, limits: limits)
      }
      let labels = try #require(line["labels"]?.array)
      rows = zip(labels, zip(try numbers("policy"), try numbers("reference"))).map { label, tokens in
        var row = KTORow(
          isDesirable: label.bool ?? false, policyLogProbability: tokens.0.reduce(0, +),
          referenceLogProbability: tokens.1.reduce(0, +), completionTokenCount: tokens.0.count)
        row.limited = limits.map { ratios(tokens.0, tokens.1, $0) }
        return row
      }
      pairs = []
      if let limits {
        pairs = zip(try numbers("pair_policy"), try numbers("pair_reference"))
          .map { ratios($0, $1, limits).sum }.filter { $0 != 0 }
      }
      expected = line
    }

    /// dLoss / d log p of each token.
    func gradient(_ loss: BatchLoss) -> [Double] {
      zip(rows, loss.coefficients).flatMap { row, coefficient in
        (row.limited?.hasGradient ?? Array(repeating: true, count: row.completionTokenCount)).map {
          $0 ? coefficient : 0
        }
      }
    }
  }

  private func compare(_ batch: Batch, _ loss: BatchLoss, tolerance: Double) throws {
    let line = batch.expected
    #expect(abs(loss.loss - (try #require(line["loss"]?.double))) < tolerance)
    let point = loss.points.desirable.value
    #expect(abs(point - (try #require(line["reference_point"]?.double))) < tolerance * 10)
    let rewards = try #require(line["rewards"]?.array).compactMap(\.double)
    #expect(zip(loss.rewards, rewards).allSatisfy { abs($0 - $1) < tolerance })
    let gradient = try #require(line["gradient"]?.array).flatMap { ($0.array ?? []).compactMap(\.double) }
    #expect(batch.gradient(loss).count == gradient.count)
    #expect(zip(batch.gradient(loss), gradient).allSatisfy { abs($0 - $1) < tolerance })
  }

  @Test func `bco is TRL's, with the running mean of all rewards so far`() throws {
    var estimator: any ReferencePointEstimator = RunningReward()
    let loss = KTOLoss(variant: BCO.self, beta: 0.1)
    let lines = try Fixtures.lines(Fixtures.path("losses/bco.jsonl"))
    #expect(lines.count == 6)
    for line in lines {
      let batch = try Batch(line, limits: nil)
      // TRL keeps its running mean in float32.
      try compare(batch, estimator.loss(of: batch.rows, pairs: [], by: loss), tolerance: 1e-6)
    }
  }

  @Test func `humanline is HALOs', tokens beyond the limits without a gradient`() throws {
    let limits = try #require(Humanline.tokenLimits(KTOConfiguration()))
    #expect(limits == -1.0...1.5)
    let loss = KTOLoss(variant: Humanline.self, beta: 0.1, tokenLimits: limits)
    let batches = try Fixtures.lines(Fixtures.path("losses/humanline.jsonl")).map {
      try Batch($0, limits: limits)
    }
    #expect(batches.count == 6)
    #expect(batches.contains { $0.rows.contains { $0.limited?.hasGradient.contains(false) == true } })
    for batch in batches {
      var estimator = MismatchedPairs()
      try compare(batch, estimator.loss(of: batch.rows, pairs: batch.pairs, by: loss), tolerance: 1e-6)
    }
  }

  @Test func `a validation holds bco's rows against the training's mean, and learns nothing from them`() {
    var training = RunningReward()
    func row(_ logRatio: Double) -> KTORow {
      KTORow(
        isDesirable: true, policyLogProbability: logRatio, referenceLogProbability: 0, completionTokenCount: 1
      )
    }
    _ = training.points(for: [row(1), row(3)], pairs: [])
    var validation = training.forValidation()
    #expect(validation.points(for: [row(100)], pairs: []).desirable.value == 2)
    #expect(validation.points(for: [row(100)], pairs: []).desirable.value == 2)
  }
}
