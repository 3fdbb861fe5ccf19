/// What the loss of a batch needs to know of a row.
package struct KTORow: Sendable, Equatable {
  package var isDesirable: Bool
  /// log π(y|x), nats, summed over the completion.
  package var policyLogProbability: Double
  /// log π_ref(y|x), nats.
  package var referenceLogProbability: Double
  package var completionTokenCount: Int
  /// The example's own weight.
  package var weight: Double

  package init(
    isDesirable: Bool, policyLogProbability: Double, referenceLogProbability: Double,
    completionTokenCount: Int, weight: Double = 1
  ) {
    self.isDesirable = isDesirable
    self.policyLogProbability = policyLogProbability
    self.referenceLogProbability = referenceLogProbability
    self.completionTokenCount = completionTokenCount
    self.weight = weight
  }

  /// r, nats.
  package var logRatio: Double { policyLogProbability - referenceLogProbability }
}

/// The loss of one batch of rows, and what its gradient needs.
package struct BatchLoss: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case kto
    /// A batch of desirable rows alone, under `opposite_class` with `cross_entropy`.
    case crossEntropy
    /// A batch of one class under `opposite_class`, whose reference point is 0 for want of the other class.
    case ktoWithoutOpposite
  }

  package let kind: Kind
  /// The mean over the rows (kto), or over their completion tokens (cross-entropy).
  package let loss: Double
  /// dLoss / d log π(y|x) of each row, the division by the row count included.
  package let coefficients: [Double]
  /// Against which desirable rows and undesirable rows were held; the same unless `opposite_class`.
  package let desirableReference: ReferencePoint
  package let undesirableReference: ReferencePoint
  /// β r of each row.
  package let rewards: [Double]
}

extension KTOLoss {
  /// The loss of a batch given one reference point for all its rows, as TRL computes it: the mean of the
  /// weighted row losses.
  package func batch(_ rows: [KTORow], referencePoint: ReferencePoint) -> BatchLoss {
    batch(rows, desirable: referencePoint, undesirable: referencePoint, kind: .kto)
  }

  /// The loss of a batch whose rows are each held against the mean log-ratio of the opposite class, cut at 0.
  ///
  /// A batch of one class has no such mean. With `crossEntropy`, desirable rows alone give the mean negative
  /// log-likelihood of a completion token. Undesirable rows alone never do, since cross-entropy would teach
  /// the very answers that are to become less likely: they, and any batch of one class with `kto`, take z0 = 0.
  package func oppositeClassBatch(
    _ rows: [KTORow], homogeneous: KTOConfiguration.HomogeneousBatch
  ) -> BatchLoss {
    let desirable = rows.filter(\.isDesirable).map(\.logRatio)
    let undesirable = rows.filter { !$0.isDesirable }.map(\.logRatio)
    if !desirable.isEmpty && !undesirable.isEmpty {
      return batch(
        rows, desirable: ReferencePoint(logRatios: undesirable),
        undesirable: ReferencePoint(logRatios: desirable), kind: .kto)
    }
    if homogeneous == .crossEntropy && !desirable.isEmpty { return crossEntropyBatch(rows) }
    return batch(rows, desirable: .zero, undesirable: .zero, kind: .ktoWithoutOpposite)
  }

  private func batch(
    _ rows: [KTORow], desirable: ReferencePoint, undesirable: ReferencePoint, kind: BatchLoss.Kind
  ) -> BatchLoss {
    let results = rows.map { row in
      self.row(
        logRatio: row.logRatio, isDesirable: row.isDesirable,
        referencePoint: (row.isDesirable ? desirable : undesirable).value, weight: row.weight)
    }
    let count = Double(Swift.max(rows.count, 1))
    return BatchLoss(
      kind: kind, loss: results.reduce(0) { $0 + $1.loss } / count,
      coefficients: results.map { $0.derivative / count }, desirableReference: desirable,
      undesirableReference: undesirable, rewards: rows.map { beta * $0.logRatio })
  }

  private func crossEntropyBatch(_ rows: [KTORow]) -> BatchLoss {
    let tokens = Double(Swift.max(rows.reduce(0) { $0 + $1.completionTokenCount }, 1))
    return BatchLoss(
      kind: .crossEntropy, loss: -rows.reduce(0) { $0 + $1.policyLogProbability } / tokens,
      coefficients: rows.map { _ in -1 / tokens }, desirableReference: .zero, undesirableReference: .zero,
      rewards: rows.map { beta * $0.logRatio })
  }
}
