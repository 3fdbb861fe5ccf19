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
