import Foundation
import Testing

@testable import KTOTrain

@Suite struct LossTests {
  private func row(_ isDesirable: Bool, _ logRatio: Double, tokens: Int = 4) -> KTORow {
    KTORow(
      isDesirable: isDesirable, policyLogProbability: logRatio - 20, referenceLogProbability: -20,
      completionTokenCount: tokens)
  }

  @Test(arguments: KTOLoss.Variant.allCases, [true, false])
  func `the derivative is the slope of the loss`(variant: KTOLoss.Variant, isDesirable: Bool) {
    let loss = KTOLoss(variant: variant, beta: 0.3, desirableWeight: 1.5, undesirableWeight: 0.7)
    for logRatio in [-30, -2, 0, 0.1, 5, 40.0] {
      func value(_ r: Double) -> (loss: Double, derivative: Double) {
        loss.row(logRatio: r, isDesirable: isDesirable, referencePoint: 1.2, weight: 2)
      }
      let slope = (value(logRatio + 1e-5).loss - value(logRatio - 1e-5).loss) / 2e-5
      #expect(abs(value(logRatio).derivative - slope) < 1e-9)
    }
  }

  @Test func `hand values of the paper's formula`() {
    let loss = KTOLoss(beta: 0.1)
    // σ(0.1 · (3 − 1)) = 0.549834
    #expect(abs(loss.row(logRatio: 3, isDesirable: true, referencePoint: 1).loss - 0.450_166) < 1e-6)
    #expect(abs(loss.row(logRatio: 3, isDesirable: false, referencePoint: 1).loss - 0.549_834) < 1e-6)
    let zero = KTOLoss(variant: .apoZeroUnpaired, beta: 0.1)
    // σ(0.3) = 0.574443
    #expect(abs(zero.row(logRatio: 3, isDesirable: true, referencePoint: 9).loss - 0.425_557) < 1e-6)
    #expect(abs(zero.row(logRatio: 3, isDesirable: false, referencePoint: 9).loss - 0.574_443) < 1e-6)
  }

  @Test func `with the estimate below zero kto is apo_zero_unpaired`() {
    let rows = [row(true, 2), row(false, -1)]
    let point = ReferencePoint(logRatios: [-3, -1])
    #expect(point.isClamped && point.value == 0 && point.signed == -2)
    let kto = KTOLoss().batch(rows, referencePoint: point)
    let zero = KTOLoss(variant: .apoZeroUnpaired).batch(rows, referencePoint: point)
    #expect(kto.loss == zero.loss && kto.coefficients == zero.coefficients)
  }

  @Test func `a batch is the mean over its rows, whatever their weights`() {
    let loss = KTOLoss(beta: 0.1, desirableWeight: 2, undesirableWeight: 0.5)
    let rows = [row(true, 1), row(false, 2), row(false, -1)]
    let batch = loss.batch(rows, referencePoint: ReferencePoint(logRatios: [0.5]))
    let single = rows.map {
      loss.row(logRatio: $0.logRatio, isDesirable: $0.isDesirable, referencePoint: 0.5)
    }
    #expect(abs(batch.loss - single.reduce(0) { $0 + $1.loss } / 3) < 1e-15)
    #expect(batch.coefficients == single.map { $0.derivative / 3 })
    #expect(zip(batch.rewards, [0.1, 0.2, -0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `a hopeless row has a loss near its weight and no gradient, without overflow`() {
    let (loss, derivative) = KTOLoss(beta: 1).row(logRatio: -1e6, isDesirable: true, referencePoint: 0)
    #expect(loss == 1 && derivative == 0)
  }

  @Test func `the opposite class gives each class its reference point`() {
    let rows = [row(true, 1), row(true, 3), row(false, -2), row(false, 5)]
    let batch = KTOLoss().oppositeClassBatch(rows, homogeneous: .crossEntropy)
    #expect(batch.kind == .kto)
    #expect(batch.desirableReference.signed == 1.5 && batch.undesirableReference.signed == 2)
    let expected = rows.map {
      KTOLoss().row(
        logRatio: $0.logRatio, isDesirable: $0.isDesirable, referencePoint: $0.isDesirable ? 1.5 : 2
      ).loss
    }
    #expect(abs(batch.loss - expected.reduce(0, +) / 4) < 1e-15)
  }

  @Test func `desirable rows alone fall back to the mean negative log-likelihood of a token`() {
    let rows = [row(true, 0, tokens: 3), row(true, 4, tokens: 5)]
    let batch = KTOLoss().oppositeClassBatch(rows, homogeneous: .crossEntropy)
    #expect(batch.kind == .crossEntropy)
    #expect(abs(batch.loss - 36.0 / 8) < 1e-12)
    #expect(batch.coefficients == [-1.0 / 8, -1.0 / 8])
  }

  @Test func `undesirable rows alone are pushed down from zero, never taught`() {
    let rows = [row(false, 1), row(false, 3)]
    for choice in KTOConfiguration.HomogeneousBatch.allCases {
      let batch = KTOLoss().oppositeClassBatch(rows, homogeneous: choice)
      #expect(batch.kind == .ktoWithoutOpposite)
      #expect(batch.coefficients.allSatisfy { $0 > 0 })
      #expect(batch.undesirableReference.value == 0)
    }
  }

  @Test func `the standard error of the reference point is that of a mean`() {
    let point = ReferencePoint(logRatios: [1, 2, 3, 6])
    #expect(point.signed == 3)
    // Sample variance 14/3, over 4 rows.
    #expect(abs((point.standardError ?? 0) - (14.0 / 12).squareRoot()) < 1e-12)
    #expect(ReferencePoint(logRatios: [1]).standardError == nil)
    #expect(ReferencePoint.zero.value == 0 && !ReferencePoint.zero.isClamped)
    #expect(ReferencePoint(logRatios: [.nan]).value.isNaN)
  }
}
