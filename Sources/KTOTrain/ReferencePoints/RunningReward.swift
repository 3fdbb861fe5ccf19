/// The mean log-ratio of all rows that were trained on so far, the microbatch's own included: what `bco` holds rows
/// against. It belongs to that loss alone, and may be negative.
package struct RunningReward: ReferencePointEstimator {
  package static let name = "running_mean"
  package static let summary = "the mean log-ratio of all rows so far"

  /// How many rows, and their mean, nats.
  package var state: [Double] = [0, 0]
  private var isFrozen = false

  package init(_ configuration: KTOConfiguration) {}
  package init() {}

  package mutating func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints {
    if state.count != 2 { state = [0, 0] }
    if !isFrozen {
      for row in rows {
        state[0] += 1
        state[1] += (row.logRatio - state[1]) / state[0]
      }
    }
    return ReferencePoints(ReferencePoint(signed: state[1], count: Int(state[0]), isCut: false))
  }

  package func forValidation() -> Self {
    var copy = self
    copy.isFrozen = true
    return copy
  }
}
