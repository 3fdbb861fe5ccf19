/// How a batch gets the reference point z0 of its loss.
package enum ReferencePointEstimator: Sendable, Equatable {
  /// From mismatched pairs of prompt and completion, as TRL does.
  case mismatchedPairs
  /// From the mean log-ratio of the opposite class in the batch.
  case oppositeClass(homogeneous: KTOConfiguration.HomogeneousBatch)
  /// z0 is 0.
  case none

  package init(_ configuration: KTOConfiguration) {
    self =
      switch configuration.klEstimator {
      case .trl: .mismatchedPairs
      case .oppositeClass: .oppositeClass(homogeneous: configuration.homogeneousBatch)
      case .none: .none
      }
  }

  /// The name in the configuration.
  package var name: String {
    switch self {
    case .mismatchedPairs: KTOConfiguration.KLEstimator.trl.rawValue
    case .oppositeClass: KTOConfiguration.KLEstimator.oppositeClass.rawValue
    case .none: KTOConfiguration.KLEstimator.none.rawValue
    }
  }

  /// Whether rows have to be scored with another row's completion.
  var needsMismatchedPairs: Bool { self == .mismatchedPairs }

  /// - Parameter mismatched: log-ratios of the mismatched pairs, where there are any.
  func evaluate(_ loss: KTOLoss, _ rows: [KTORow], mismatched: [Double]) -> BatchLoss {
    switch self {
    case .mismatchedPairs: loss.batch(rows, referencePoint: ReferencePoint(logRatios: mismatched))
    case .oppositeClass(let homogeneous): loss.oppositeClassBatch(rows, homogeneous: homogeneous)
    case .none: loss.batch(rows, referencePoint: .zero)
    }
  }
}

extension BatchLoss.Kind {
  /// What a batch of one class did instead of what the estimator asks for; nil where it did just that.
  var fallbackText: String? {
    switch self {
    case .kto: nil
    case .crossEntropy: "took cross-entropy on its desirable examples instead"
    case .ktoWithoutOpposite: "took a reference point of 0"
    }
  }
}
