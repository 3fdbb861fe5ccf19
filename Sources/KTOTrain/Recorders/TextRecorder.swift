/// `training.log`: the events as lines for people, each with its time.
package final class TextRecorder: Recorder {
  package static let name = "log"
  package static let summary = "training.log, lines for people"
  package static let fileName = "training.log"

  private let file: RecordFile

  package init(folder: String, appends: Bool) throws {
    file = try RecordFile(path: folder + "/" + Self.fileName, appends: appends)
  }

  package func record(_ event: TrainingEvent, at time: String) throws {
    try file.write(event.logLines.map { "\(time) \($0)\n" }.joined())
  }
}
