package import KTOCore

/// What one optimizer step measured, under TRL's names and averaged as TRL does: each value is the mean over
/// the step's microbatches in which it exists, so a class that was absent has no value rather than a zero.
package struct StepMetrics: Sendable, Equatable {
  package var step: Int
  /// Passes over the data, with a fraction.
  package var epoch: Double
  package var loss: Double
  /// Norm of the whole gradient before clipping.
  package var gradNorm: Double
  package var learningRate: Double
  /// The reference point the loss used, in nats.
  package var kl: Double
  /// The same estimate before it was clamped at 0.
  package var klSigned: Double
  /// Share of the microbatches whose estimate was below 0 and so was clamped.
  package var clamped: Double
  package var rewardsChosen: Double?
  package var rewardsRejected: Double?
  package var rewardsMargins: Double?
  package var logpsChosen: Double?
  package var logpsRejected: Double?
  package var logitsChosen: Double?
  package var logitsRejected: Double?
  /// Mean negative log-likelihood of a completion token of a desirable row, in nats.
  package var nllChosen: Double?
  package var entropy: Double
  /// Matched tokens (prompt and completion) since the run began.
  package var tokenCount: Int
  package var desirableCount: Int
  package var undesirableCount: Int
  package var seconds: Double
  package var tokensPerSecond: Double

  /// The line of `training.jsonl`.
  package var json: JSONValue {
    var members: [(String, JSONValue?)] = [
      ("step", .integer(step)), ("epoch", .double(epoch)), ("loss", .double(loss)),
      ("grad_norm", .double(gradNorm)), ("learning_rate", .double(learningRate)), ("kl", .double(kl)),
      ("kl_signed", .double(klSigned)), ("clamped", .double(clamped)),
    ]
    members += [
      ("rewards/chosen", rewardsChosen), ("rewards/rejected", rewardsRejected),
      ("rewards/margins", rewardsMargins), ("logps/chosen", logpsChosen), ("logps/rejected", logpsRejected),
      ("logits/chosen", logitsChosen), ("logits/rejected", logitsRejected), ("nll/chosen", nllChosen),
    ].map { ($0.0, $0.1.map(JSONValue.double)) }
    members += [
      ("entropy", .double(entropy)), ("num_tokens", .integer(tokenCount)),
      ("desirable", .integer(desirableCount)), ("undesirable", .integer(undesirableCount)),
      ("seconds", .double(seconds)), ("tokens_per_second", .double(tokensPerSecond)),
    ]
    return .object(
      JSONObject(
        members.compactMap { name, value in
          value.map { JSONObject.Member(name, JSONNode($0)) }
        }))
  }
}

/// Sums over the microbatches of one step.
struct MetricsAccumulator {
  private var sums: [String: (sum: Double, count: Int)] = [:]
  var desirableCount = 0
  var undesirableCount = 0
  var tokenCount = 0

  mutating func add(_ name: String, _ value: Double?) {
    guard let value else { return }
    sums[name, default: (0, 0)].sum += value
    sums[name, default: (0, 0)].count += 1
  }

  /// The mean over the microbatches that had this value.
  func mean(_ name: String) -> Double? { sums[name].map { $0.sum / Double($0.count) } }
}
