internal import Foundation
internal import KTOCore
internal import KTOModels
internal import KTOTrain

/// The folders that a run writes to, which are this run's alone as long as the value lives.
///
/// A class because the locks are owned.
final class OutputFolders {
  /// A folder and the outputs of a run in it.
  struct Folder {
    var path: String
    /// Whether a file of this name is one that a run writes there.
    var isOutput: (String) -> Bool
    /// A name of an output before it is whole ends in this and a process's number.
    private static let partialMark = ".partial-"

    /// The outputs that are there, sorted.
    var outputs: [String] { names.filter(isOutput).map { path + "/" + $0 } }

    /// What runs that were killed did not write to its end.
    var partialFiles: [String] {
      names.filter { name in
        guard let mark = name.firstRange(of: Self.partialMark) else { return false }
        let whole = String(name[..<mark.lowerBound])
        return isOutput(whole) || whole == RunRecord.fileName
      }.map { path + "/" + $0 }
    }

    private var names: [String] { ((try? folderEntries(path)) ?? []).map(\.name) }
  }

  let logs: Folder
  let checkpoints: Folder
  let finalModel: Folder
  private var locks: [FolderLock] = []

  var all: [Folder] { [logs, checkpoints, finalModel] }

  /// Makes the folders, and keeps other runs out of them.
  /// - Throws: `TrainingError.folderInUse`; `FileError.cannotWrite` where one cannot be written to.
  init(_ output: OutputConfiguration) throws {
    let records = trainingRecorders.map { $0.fileName }
    logs = Folder(path: output.logs, isOutput: { records.contains($0) })
    checkpoints = Folder(path: output.checkpoints, isOutput: CheckpointFile.isCheckpoint(fileName:))
    finalModel = Folder(path: output.finalModel, isOutput: { AdapterFolder.fileNames.contains($0) })
    var places: Set<String> = []
    for folder in all {
      try makeDirectory(folder.path)
      guard places.insert(URL(filePath: folder.path).resolvingSymlinksInPath().path).inserted else {
        continue
      }
      locks.append(try FolderLock(folder: folder.path))
    }
    for folder in all { folder.partialFiles.forEach(removeFile) }
  }

  /// Lets other runs in.
  func unlock() { locks = [] }

  /// Says in each folder whose files these are.
  /// - Throws: `FileError`.
  func write(_ record: RunRecord) throws { for folder in all { try record.write(to: folder.path) } }

  /// Refuses folders without room for what a run certainly writes.
  /// - Parameter parameterCount: of the adapter.
  /// - Throws: `TrainingError.diskFull`.
  func requireRoom(parameterCount: Int) throws(TrainingError) {
    let numbers = parameterCount * MemoryLayout<Float>.size
    // Adapter and two moments; the best checkpoint and one that is being written.
    for (folder, needed) in [(checkpoints, 2 * 3 * numbers), (finalModel, 2 * numbers), (logs, 4096)] {
      let available = availableByteCount(folder.path)
      if let available, available < needed {
        throw .diskFull(folder: folder.path, needed: needed, available: available)
      }
    }
  }
}
