/// The reference point z0: an estimate of KL(π ‖ π_ref), which is never negative, so the estimate is cut at 0; or another
/// number of nats that rows are held against as it is.
package struct ReferencePoint: Sendable, Equatable {
  /// The mean of the log-ratios, in nats, before it is cut.
  package let signed: Double
  /// The standard error of that mean; nil for fewer than two log-ratios.
  package let standardError: Double?
  /// How many log-ratios it is the mean of.
  package let count: Int
  /// Whether a negative estimate counts as 0.
  package let isCut: Bool

  /// What the loss uses: max(0, signed) where it is cut. NaN stays NaN.
  package var value: Double { isClamped ? 0 : signed }
  /// True where the estimate was negative and so was cut: there kto and apo_zero_unpaired are the same.
  package var isClamped: Bool { isCut && signed < 0 }

  /// The mean of log-ratios, of mismatched pairs (`trl`, `window`) or of the opposite class (`opposite_class`).
  package init(logRatios: [Double]) {
    count = logRatios.count
    isCut = true
    guard count > 0 else {
      signed = 0
      standardError = nil
      return
    }
    let mean = logRatios.reduce(0, +) / Double(logRatios.count)
    signed = mean
    if count > 1 {
      let variance = logRatios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
      standardError = (variance / Double(count)).squareRoot()
    } else {
      standardError = nil
    }
  }

  /// An estimate that was made elsewhere, from `count` log-ratios.
  package init(signed: Double, standardError: Double? = nil, count: Int, isCut: Bool = true) {
    self.isCut = isCut
    self.signed = signed
    self.standardError = standardError
    self.count = count
  }

  /// z0 = 0, estimated from nothing.
  package static let zero = ReferencePoint(logRatios: [])
}
