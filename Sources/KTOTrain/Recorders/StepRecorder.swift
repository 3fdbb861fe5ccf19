internal import KTOCore

/// `training.jsonl`: one object a step, with every metric.
package final class StepRecorder: Recorder {
  package static let name = "jsonl"
  package static let summary = "training.jsonl, one object a step with every metric"
  package static let fileName = "training.jsonl"

  private let file: RecordFile

  package init(folder: String, appends: Bool) throws {
    file = try RecordFile(path: folder + "/" + Self.fileName, appends: appends)
  }

  package func record(_ event: TrainingEvent, at time: String) throws {
    switch event {
    case .resumed(let step, _): try keepSteps(through: step)
    case .step(let metrics, _, _): try file.write(metrics.json.jsonText + "\n")
    default: break
    }
  }

  /// Takes out the steps that a resumed run is about to do again.
  private func keepSteps(through last: Int) throws {
    var parser = JSONParser(maxDepth: 8)
    let lines = try readFile(file.path).split(separator: 0x0A).filter { line in
      guard let step = try? parser.parse(line)["step"]?.int else { return false }
      return step <= last
    }
    try file.replace(with: lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined())
  }
}
