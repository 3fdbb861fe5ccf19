import Foundation
import Testing

@testable import KTOTrain

@Suite struct LossTests {
  private func row(_ isDesirable: Bool, _ logRatio: Double, tokens: Int = 4) -> KTORow {
    KTORow(
      isDesirable: isDesirable, policyLogProbability: logRatio - 20, referenceLogProbability: -20,
      completionTokenCount: tokens)
  }

  @Test(arguments: lossVariants.map { $0.name }, [true, false])
  func `the derivative is the slope of the loss`(name: String, isDesirable: Bool) throws {
    let variant = try #require(lossVariants.first { $0.name == name })
    let loss = KTOLoss(variant: variant, beta: 0.3, desirableWeight: 1.5, undesirableWeight: 0.7)
    for logRatio in [-30, -2, 0, 0.1, 5, 40.0] {
      func value(_ r: Double) -> RowLoss {
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
    let zero = KTOLoss(variant: APOZeroUnpaired.self, beta: 0.1)
    // σ(0.3) = 0.574443
    #expect(abs(zero.row(logRatio: 3, isDesirable: true, referencePoint: 9).loss - 0.425_557) < 1e-6)
    #expect(abs(zero.row(logRatio: 3, isDesirable: false, referencePoint: 9).loss - 0.574_443) < 1e-6)
  }

  @Test func `with the estimate below zero kto is apo_zero_unpaired`() {
    let rows = [row(true, 2), row(false, -1)]
    let point = ReferencePoint(logRatios: [-3, -1])
    #expect(point.isClamped && point.value == 0 && point.signed == -2)
    let kto = KTOLoss().batch(rows, ReferencePoints(point))
    let zero = KTOLoss(variant: APOZeroUnpaired.self).batch(rows, ReferencePoints(point))
    #expect(kto.loss == zero.loss && kto.coefficients == zero.coefficients)
  }

  @Test func `a batch is the mean over its rows, whatever their weights`() {
    let loss = KTOLoss(beta: 0.1, desirableWeight: 2, undesirableWeight: 0.5)
    let rows = [row(true, 1), row(false, 2), row(false, -1)]
    let batch = loss.batch(rows, ReferencePoints(ReferencePoint(logRatios: [0.5])))
    let single = rows.map {
      loss.row(logRatio: $0.logRatio, isDesirable: $0.isDesirable, referencePoint: 0.5)
    }
    #expect(abs(batch.loss - single.reduce(0) { $0 + $1.loss } / 3) < 1e-15)
    #expect(batch.coefficients == single.map { $0.derivative / 3 })
    #expect(zip(batch.rewards, [0.1, 0.2, -0.1]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func `the SFT term is the mean negative log-likelihood of a desirable row's token, over all rows`() {
    let rows = [row(true, 0, tokens: 4), row(false, 0, tokens: 2)]
    let points = ReferencePoints(.zero)
    let plain = KTOLoss().batch(rows, points)
    let loss = KTOLoss(sftWeight: 0.5).batch(rows, points)
    // 0.5 · (20 / 4) / 2
    #expect(abs(loss.loss - plain.loss - 1.25) < 1e-12)
    #expect(loss.coefficients == plain.coefficients)
    #expect(loss.directCoefficients == [-0.5 / 4 / 2, 0])
    #expect(plain.directCoefficients.isEmpty)
  }

  @Test func `a hopeless row has a loss near its weight and no gradient, without overflow`() {
    let row = KTOLoss(beta: 1).row(logRatio: -1e6, isDesirable: true, referencePoint: 0)
    #expect(row == RowLoss(loss: 1, derivative: 0))
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
