/// z0 of each class is the mean log-ratio of the other class in the microbatch, cut at 0.
///
/// A microbatch of one class has no such mean; `kto.homogeneous_batch` says what it does. With `cross_entropy`, desirable
/// rows alone give the mean negative log-likelihood of a completion token. Undesirable rows alone never do, since
/// cross-entropy would teach the very answers that are to become less likely: they, and any batch of one class with
/// `kto`, take z0 = 0.
package struct OppositeClass: ReferencePointEstimator {
  package static let name = "opposite_class"
  package static let summary =
    "the mean log-ratio of the other class in the batch, which takes one forward pass fewer"

  static let tookCrossEntropy = Fallback(
    batchHolds: "one class only", it: "took cross-entropy on its desirable examples instead")
  static let tookZero = Fallback(batchHolds: "one class only", it: "took a reference point of 0")

  private let homogeneous: KTOConfiguration.HomogeneousBatch

  package init(_ configuration: KTOConfiguration) { homogeneous = configuration.homogeneousBatch }
  package init(homogeneous: KTOConfiguration.HomogeneousBatch) { self.homogeneous = homogeneous }

  package func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints {
    let desirable = rows.filter(\.isDesirable).map(\.logRatio)
    let undesirable = rows.filter { !$0.isDesirable }.map(\.logRatio)
    guard !desirable.isEmpty, !undesirable.isEmpty else {
      return ReferencePoints(desirable: .zero, undesirable: .zero, fallback: Self.tookZero)
    }
    return ReferencePoints(
      desirable: ReferencePoint(logRatios: undesirable), undesirable: ReferencePoint(logRatios: desirable))
  }

  package func loss(of rows: [KTORow], pairs: [Double], by loss: KTOLoss) -> BatchLoss {
    if homogeneous == .crossEntropy, !rows.isEmpty, rows.allSatisfy(\.isDesirable) {
      return crossEntropy(rows, beta: loss.beta)
    }
    return loss.batch(rows, points(for: rows, pairs: pairs))
  }

  private func crossEntropy(_ rows: [KTORow], beta: Double) -> BatchLoss {
    let tokens = Double(max(rows.reduce(0) { $0 + $1.completionTokenCount }, 1))
    return BatchLoss(
      loss: -rows.reduce(0) { $0 + $1.policyLogProbability } / tokens,
      coefficients: rows.map { _ in -1 / tokens },
      points: ReferencePoints(desirable: .zero, undesirable: .zero, fallback: Self.tookCrossEntropy),
      rewards: rows.map { beta * $0.logRatio })
  }
}
