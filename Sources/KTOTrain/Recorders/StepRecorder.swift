internal import KTOCore

/// `training.jsonl`: one object a step, with every metric, and one a validation, whose metrics begin with `eval_`.
package final class StepRecorder: Recorder {
  package static let name = "jsonl"
  package static let summary = "training.jsonl, one object a step with every metric, and one a validation"
  package static let fileName = "training.jsonl"

  private let file: RecordFile
  /// The last step in the file when a run was resumed.
  private var lastKeptStep = 0

  package init(folder: String, appends: Bool) throws {
    file = try RecordFile(path: folder + "/" + Self.fileName, appends: appends)
  }

  package func record(_ event: TrainingEvent, at time: String) throws {
    switch event {
    case .resumed(let step, _, let isMeasured):
      try keepLines { $0 < step || $0 == step && (isMeasured || !$1) }
    case .unrecorded(let metrics) where metrics.step > lastKeptStep:
      try file.write(metrics.json.jsonText + "\n")
    case .restarted: try keepLines { _, _ in false }
    case .step(let metrics, _, _): try file.write(metrics.json.jsonText + "\n")
    case .validation(let metrics): try file.write(metrics.json.jsonText + "\n")
    default: break
    }
  }

  /// Takes out what a resumed run is about to do again, and a line that was cut off when a run was killed.
  /// - Parameter isKept: of the line's step, and whether the line is a validation.
  private func keepLines(where isKept: (Int, Bool) -> Bool) throws {
    var parser = JSONParser(maxDepth: 8)
    let lines = try readFile(file.path).split(separator: 0x0A)
    let kept = lines.filter { line in
      guard let object = try? parser.parse(line), let step = object["step"]?.int else { return false }
      guard isKept(step, object[ValidationMetrics.prefix + Metric.loss.name] != nil) else { return false }
      lastKeptStep = step
      return true
    }
    if kept.count < lines.count {
      try file.replace(with: kept.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined())
    }
  }
}
