/// What must hold in the first step of an adapter that changes nothing yet: policy and reference are one model, so that
/// every log-ratio is 0, z0 is 0, and the loss is the one that follows.
///
/// The two are computed apart, so a fault in either, in what is kept of the reference, or in the loss, shows here before
/// anything is learned from it.
struct StartCheck {
  private let loss: KTOLoss

  init(_ loss: KTOLoss) { self.loss = loss }

  /// - Parameter id: of the row at a place of the microbatch.
  /// - Throws: `TrainingError.startsAwayFromReference`, and what `id` throws.
  func check(_ microbatch: ScoredMicrobatch, id: (Int) throws -> String) throws {
    var largest = 0.0
    for (place, row) in microbatch.rows.enumerated() {
      let tolerance = Self.tolerance(row)
      largest = max(largest, tolerance)
      guard abs(row.logRatio) > tolerance else { continue }
      throw TrainingError.startsAwayFromReference(
        what: "the log-ratio of example \(try id(place))", value: row.logRatio, expected: 0)
    }
    // Another estimate than z0's replaced the loss.
    guard microbatch.loss.points.fallback == nil else { return }
    for point in [microbatch.loss.points.desirable, microbatch.loss.points.undesirable]
    // Mismatched completions are less probable than a row's own, so that their sums are larger.
    where abs(point.signed) > 8 * largest {
      throw TrainingError.startsAwayFromReference(
        what: "the reference point z0", value: point.signed, expected: 0)
    }
    let rows = microbatch.rows.map { row in
      var row = row
      row.referenceLogProbability = row.policyLogProbability
      row.limited = nil
      return row
    }
    let expected = loss.batch(rows, ReferencePoints(.zero)).loss
    let weight = rows.map { $0.weight }.max() ?? 1
    let slope = loss.beta * weight * max(loss.desirableWeight, loss.undesirableWeight)
    guard abs(microbatch.loss.loss - expected) > 1e-6 + 8 * slope * largest else { return }
    throw TrainingError.startsAwayFromReference(
      what: "the loss", value: microbatch.loss.loss, expected: expected)
  }

  /// How far apart two computations of a log-probability in float32 may be, nats: batches are packed differently, so
  /// that sums of hundreds of nats differ in their last digits.
  private static func tolerance(_ row: KTORow) -> Double { 1e-3 + 1e-5 * abs(row.policyLogProbability) }
}
