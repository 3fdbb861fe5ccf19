internal import Foundation
internal import KTOCore

/// Writes a run's events to `training.log` and `training.jsonl`, line by line as they happen.
///
/// Owns its two descriptors. A class because the training loop and whoever made it share it.
package final class TrainingRecorder {
  private let log: FileHandle
  private let steps: FileHandle
  private let stepsPath: String
  private let timestamp: () -> String

  /// - Parameters:
  ///   - folder: made if it is not there.
  ///   - appends: go on behind an earlier run's lines rather than replace them.
  ///   - timestamp: the text at the head of each log line.
  /// - Throws: `FileError`.
  package init(folder: String, appends: Bool, timestamp: @escaping () -> String) throws {
    try makeDirectory(folder)
    log = try Self.open(folder + "/training.log", appends: appends)
    stepsPath = folder + "/training.jsonl"
    steps = try Self.open(stepsPath, appends: appends)
    self.timestamp = timestamp
  }

  /// Writes what the event has to say to either file.
  /// - Throws: what the file system says when the disk is full.
  package func record(_ event: TrainingEvent) throws {
    if case .resumed(let step, _) = event { try keepSteps(through: step) }
    for line in event.logLines { try log.write(contentsOf: Data("\(timestamp()) \(line)\n".utf8)) }
    if case .step(let metrics, _, _) = event {
      try steps.write(contentsOf: Data((metrics.json.jsonText + "\n").utf8))
    }
  }

  /// Takes out the steps that a resumed run is about to do again.
  private func keepSteps(through last: Int) throws {
    var parser = JSONParser(maxDepth: 8)
    var kept = Data()
    for line in try readFile(stepsPath).split(separator: 0x0A) {
      guard let step = try? parser.parse(line)["step"]?.int, step <= last else { continue }
      kept.append(contentsOf: line)
      kept.append(0x0A)
    }
    try steps.truncate(atOffset: 0)
    try steps.write(contentsOf: kept)
  }

  private static func open(_ path: String, appends: Bool) throws -> FileHandle {
    if !appends || !FileManager.default.fileExists(atPath: path) {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw FileError.cannotWrite(path: path, reason: "the file cannot be made")
      }
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw FileError.cannotWrite(path: path, reason: "the file cannot be opened")
    }
    try handle.seekToEnd()
    return handle
  }
}
