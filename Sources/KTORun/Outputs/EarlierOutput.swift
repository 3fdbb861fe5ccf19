internal import KTOCore
internal import KTOTrain

/// What earlier runs left in the folders of this one, and this one would replace or mix with.
struct EarlierOutput {
  private let folders: OutputFolders

  init(_ folders: OutputFolders) { self.folders = folders }

  /// What a new run does with it.
  /// - Parameter identity: of the new run.
  /// - Returns: what is to be removed.
  /// - Throws: `TrainingError.outputExists` unless `force` allows to replace it.
  func replaced(by identity: RunIdentity, force: Bool) throws -> [String] {
    let outputs = folders.all.flatMap(\.outputs)
    for path in outputs {
      try requireFile(path)
      if !force { throw TrainingError.outputExists(path: path, isResumable: isResumable(by: identity)) }
    }
    return outputs
  }

  /// What a run that goes on does with outputs of runs that are neither its own nor the one it goes on from.
  /// - Parameters:
  ///   - origin: the identity of the run that it goes on from; nil where nothing is known of one.
  ///   - isAtCheckpoint: false where the run begins at the beginning.
  /// - Returns: what is to be removed.
  /// - Throws: `TrainingError.outputOfAnotherRun` or `.outputExists`, unless `force` allows to replace it.
  func replaced(
    byResuming identity: RunIdentity, from origin: JSONObject?, isAtCheckpoint: Bool, force: Bool
  ) throws -> [String] {
    let own = [origin.map(JSONValue.object)?.jsonText, identity.json.jsonText]
    // Each checkpoint says itself which run it is of.
    let others = (isAtCheckpoint ? [folders.logs, folders.finalModel] : folders.all).filter { folder in
      RunRecord.identity(in: folder.path).map { !own.contains(JSONValue.object($0).jsonText) } ?? true
    }.flatMap(\.outputs)
    for path in others {
      try requireFile(path)
      if !force { throw TrainingError.outputOfAnotherRun(path: path) }
    }
    guard !isAtCheckpoint else { return others }
    // A run that came to its end is not trained again by mistake.
    if let path = folders.finalModel.outputs.first, !force {
      throw TrainingError.outputExists(path: path, isResumable: false)
    }
    return others + folders.finalModel.outputs + folders.checkpoints.outputs
  }

  /// Whether the same configuration would go on from what is there.
  private func isResumable(by identity: RunIdentity) -> Bool {
    if let path = try? CheckpointFile.latest(in: folders.checkpoints.path) {
      return (try? CheckpointFile.identity(of: path)).map { identity.differences(from: $0).isEmpty } ?? false
    }
    guard folders.finalModel.outputs.isEmpty else { return false }
    return RunRecord.identity(in: folders.checkpoints.path).map { identity.differences(from: $0).isEmpty }
      ?? false
  }

  private func requireFile(_ path: String) throws {
    if let kind = fileKind(path), kind == .folder { throw FileError.isDirectory(path: path) }
  }
}
