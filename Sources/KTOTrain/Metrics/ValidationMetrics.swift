package import KTOCore

/// What a validation measured: the metrics of a microbatch, averaged over the split, under TRL's names for it.
package struct ValidationMetrics: Sendable, Equatable {
  /// Before each metric's name in `training.jsonl`.
  package static let prefix = "eval_"

  package let step: Int
  /// Passes over the training data, with a fraction.
  package let epoch: Double
  package let rowCount: Int
  /// The mean over the rows.
  package let loss: Double
  package let seconds: Double
  /// The metrics of a microbatch that exist, apart from the loss, in the order of `trainingMetrics`.
  package let entries: [Entry]

  package struct Entry: Sendable, Equatable {
    package var name: String
    package var value: Double
  }

  /// - Parameter mean: a metric's mean over the microbatches; nil if it exists in none.
  package init(
    step: Int, epoch: Double, rowCount: Int, loss: Double, seconds: Double, mean: (Metric) -> Double?
  ) {
    self.step = step
    self.epoch = epoch
    self.rowCount = rowCount
    self.loss = loss
    self.seconds = seconds
    entries = trainingMetrics.compactMap { metric in
      guard case .microbatch = metric.source, metric.name != Metric.loss.name else { return nil }
      return mean(metric).map { Entry(name: metric.name, value: $0) }
    }
  }

  /// The value of a metric; nil if it does not exist here.
  package subscript(metric: Metric) -> Double? { entries.first { $0.name == metric.name }?.value }

  /// The line of `training.jsonl`.
  package var json: JSONValue {
    func member(_ name: String, _ value: JSONValue) -> JSONObject.Member {
      JSONObject.Member(name, JSONNode(value))
    }
    let measured = [(Metric.loss.name, loss)] + entries.map { ($0.name, $0.value) }
    let speed = seconds > 0 ? Double(rowCount) / seconds : 0
    return .object(
      JSONObject(
        [member("step", .integer(step)), member("epoch", .double(epoch))]
          + measured.map { member(Self.prefix + $0.0, .double($0.1)) }
          + [
            member(Self.prefix + "runtime", .double(seconds)),
            member(Self.prefix + "samples_per_second", .double(speed)),
          ]))
  }
}
