/// z0 from a running mean over the microbatches so far of what their mismatched pairs estimate.
///
/// The signed estimates are averaged, since those that are cut at 0 would give a mean that is too large. A mean m that
/// began at 0 is divided by the weight it has so far, 1 − decayᵗ, as Adam's moments are.
package struct MovingAverage: ReferencePointEstimator {
  package static let name = "ema"
  package static let summary =
    "a running mean over the microbatches so far of what their mismatched pairs estimate"

  private let decay: Double
  /// The weight of all estimates so far, and their weighted sum, nats.
  package var state: [Double] = [0, 0]
  private var isFrozen = false

  package init(_ configuration: KTOConfiguration) { decay = configuration.movingAverageDecay }
  package init(decay: Double) { self.decay = decay }

  package func forValidation() -> Self {
    var copy = self
    copy.isFrozen = true
    return copy
  }

  package func wantedPairs(in microbatch: Microbatch) -> [RowPair] {
    isFrozen
      ? []
      : zip(microbatch.rows, microbatch.stepPartners).map { RowPair(prompt: $0, completion: $1) }
  }

  package mutating func points(for rows: [KTORow], pairs: [Double]) -> ReferencePoints {
    let estimate = ReferencePoint(logRatios: pairs)
    if state.count != 2 { state = [0, 0] }
    if estimate.count > 0, !isFrozen {
      state = [
        decay * state[0] + (1 - decay), decay * state[1] + (1 - decay) * estimate.signed,
      ]
    }
    let signed = state[0] > 0 ? state[1] / state[0] : 0
    return ReferencePoints(ReferencePoint(signed: signed, count: estimate.count))
  }
}
