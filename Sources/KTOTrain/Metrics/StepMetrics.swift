package import KTOCore

/// What one optimizer step measured: a value for each metric that exists, in the order of `trainingMetrics`.
package struct StepMetrics: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package var name: String
    package var value: Double
    /// Whether it is written without a fraction.
    package var isCount: Bool
  }

  package let step: Int
  package let entries: [Entry]

  /// - Parameter mean: a metric's mean over the step's microbatches; nil if it exists in none.
  package init(_ facts: StepFacts, mean: (Metric) -> Double?) {
    step = facts.step
    entries = trainingMetrics.compactMap { metric in
      switch metric.source {
      case .microbatch: mean(metric).map { Entry(name: metric.name, value: $0, isCount: false) }
      case .step(let value): Entry(name: metric.name, value: value(facts), isCount: false)
      case .count(let value): Entry(name: metric.name, value: Double(value(facts)), isCount: true)
      }
    }
  }

  /// What a line of `training.jsonl` says; nil for anything else.
  init?(json: JSONNode) {
    guard let object = json.object, let step = json["step"]?.int else { return nil }
    self.step = step
    entries = trainingMetrics.compactMap { metric in
      var isCount = false
      if case .count = metric.source { isCount = true }
      return object[metric.name]?.double.map { Entry(name: metric.name, value: $0, isCount: isCount) }
    }
  }

  /// The value of a metric; nil if it does not exist in this step.
  package subscript(metric: Metric) -> Double? { entries.first { $0.name == metric.name }?.value }

  /// The line of `training.jsonl`.
  package var json: JSONValue {
    .object(
      JSONObject(
        entries.map { entry in
          .init(entry.name, JSONNode(entry.isCount ? .integer(Int(entry.value)) : .double(entry.value)))
        }))
  }
}

/// Sums over the microbatches of one step.
struct MetricsAccumulator {
  private var sums: [String: (sum: Double, count: Int)] = [:]
  private(set) var desirableCount = 0
  private(set) var undesirableCount = 0
  private(set) var tokenCount = 0

  mutating func add(_ microbatch: ScoredMicrobatch) {
    for metric in trainingMetrics {
      guard case .microbatch(let value) = metric.source, let value = value(microbatch) else { continue }
      sums[metric.name, default: (0, 0)].sum += value
      sums[metric.name, default: (0, 0)].count += 1
    }
    desirableCount += microbatch.rows.count { $0.isDesirable }
    undesirableCount += microbatch.rows.count { !$0.isDesirable }
    tokenCount += microbatch.tokenCount
  }

  /// The mean over the microbatches that had this value.
  func mean(_ metric: Metric) -> Double? { sums[metric.name].map { $0.sum / Double($0.count) } }
}
