internal import Foundation
internal import KTOModels
internal import KTOTrain

/// What an earlier run left in the folders of this one, and this one would mix with.
struct EarlierOutput {
  private let paths: [String]

  init(_ output: OutputConfiguration) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: output.checkpoints)) ?? []
    let checkpoints = names.filter { $0 == "best_checkpoint.npz" || $0.hasPrefix("checkpoint_step_") }
      .sorted().map { output.checkpoints + "/" + $0 }
    let records = trainingRecorders.filter { output.recorders.contains($0.name) }
      .map { output.logs + "/" + $0.fileName }
    let others = [output.finalModel + "/" + AdapterFolder.arrayFileName] + records
    paths = checkpoints + others.filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// - Throws: `TrainingError.outputExists` unless `force` allows to replace it.
  func check(force: Bool) throws {
    if let first = paths.first, !force { throw TrainingError.outputExists(path: first) }
  }

  func remove() throws {
    for path in paths { try FileManager.default.removeItem(atPath: path) }
  }
}
