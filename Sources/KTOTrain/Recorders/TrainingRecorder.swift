internal import Foundation
internal import KTOCore

/// Writes a run's events to `training.log` and `training.jsonl`, line by line as they happen.
///
/// The files are opened when training begins, so that a run which fails before leaves an earlier run's logs as they are.
/// Owns its two descriptors. A class because the training loop and whoever made it share it.
package final class TrainingRecorder {
  private let folder: String
  private let appends: Bool
  private let timestamp: () -> String
  private var files: (log: FileHandle, steps: FileHandle)?
  /// Lines of the log that wait for the files.
  private var waiting = ""

  /// - Parameters:
  ///   - folder: made if it is not there.
  ///   - appends: go on behind an earlier run's lines rather than replace them.
  ///   - timestamp: the text at the head of each log line.
  package init(folder: String, appends: Bool, timestamp: @escaping () -> String) {
    self.folder = folder
    self.appends = appends
    self.timestamp = timestamp
  }

  /// Writes what the event has to say to either file.
  /// - Throws: `FileError`, and what the file system says when the disk is full.
  package func record(_ event: TrainingEvent) throws {
    for line in event.logLines { waiting += "\(timestamp()) \(line)\n" }
    if event.isPreparation, files == nil { return }
    let files = try opened()
    try files.log.write(contentsOf: Data(waiting.utf8))
    waiting = ""
    switch event {
    case .resumed(let step, _): try keepSteps(through: step, in: files.steps)
    case .step(let metrics, _, _):
      try files.steps.write(contentsOf: Data((metrics.json.jsonText + "\n").utf8))
    default: break
    }
  }

  private func opened() throws -> (log: FileHandle, steps: FileHandle) {
    if let files { return files }
    try makeDirectory(folder)
    let opened = (
      log: try Self.open(folder + "/training.log", appends: appends),
      steps: try Self.open(folder + "/training.jsonl", appends: appends)
    )
    files = opened
    return opened
  }

  /// Takes out the steps that a resumed run is about to do again.
  private func keepSteps(through last: Int, in steps: FileHandle) throws {
    var parser = JSONParser(maxDepth: 8)
    var kept = Data()
    for line in try readFile(folder + "/training.jsonl").split(separator: 0x0A) {
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

extension TrainingEvent {
  /// Whether it comes before the first thing that a run changes.
  fileprivate var isPreparation: Bool {
    switch self {
    case .backend, .modelLoaded, .adapterReady, .referenceCreated, .dataLoaded, .warning: true
    case .started, .resumed, .step, .validation, .checkpointSaved, .finished: false
    }
  }
}
