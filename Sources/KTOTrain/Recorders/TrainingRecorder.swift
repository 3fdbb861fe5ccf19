internal import KTOCore

/// Gives a run's events to its recorders, as they happen.
///
/// The recorders open their files when training begins, so that a run which fails before leaves an earlier run's files as
/// they are. A class because the training loop and whoever made it share it.
package final class TrainingRecorder {
  private let names: [String]
  private let folder: String
  private let appends: Bool
  private let timestamp: () -> String
  private var opened: [any Recorder]?
  /// Events that wait for the files.
  private var waiting: [(event: TrainingEvent, time: String)] = []

  /// - Parameters:
  ///   - names: of the recorders to use; a name that is not in the list is ignored.
  ///   - folder: made if it is not there.
  ///   - appends: go on behind an earlier run's content rather than replace it.
  ///   - timestamp: the time as text.
  package init(
    _ names: [String] = trainingRecorders.map { $0.name }, folder: String, appends: Bool,
    timestamp: @escaping () -> String
  ) {
    self.names = names
    self.folder = folder
    self.appends = appends
    self.timestamp = timestamp
  }

  /// - Throws: `FileError`, as when the disk is full.
  package func record(_ event: TrainingEvent) throws {
    waiting.append((event, timestamp()))
    if opened == nil, event.isPreparation { return }
    let recorders = try opened ?? open()
    opened = recorders
    for (event, time) in waiting {
      for recorder in recorders { try recorder.record(event, at: time) }
    }
    waiting = []
  }

  private func open() throws -> [any Recorder] {
    let chosen = trainingRecorders.filter { names.contains($0.name) }
    if !chosen.isEmpty { try makeDirectory(folder) }
    return try chosen.map { try $0.init(folder: folder, appends: appends) }
  }
}

extension TrainingEvent {
  /// Whether it comes before the first thing that a run changes.
  fileprivate var isPreparation: Bool {
    switch self {
    case .backend, .modelLoaded, .adapterReady, .referenceCreated, .dataLoaded, .balanced, .warning: true
    case .started, .resumed, .unrecorded, .restarted, .step, .validating, .validation, .checkpointSaved,
      .stopped,
      .finished:
      false
    }
  }
}
