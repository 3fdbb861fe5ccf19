/// Why a checkpoint cannot be continued.
package enum CheckpointError: Error, Equatable, Sendable {
  case invalid(path: String, array: String)
  /// The file has a format that this version does not read.
  case unsupportedVersion(path: String, found: Int)
  /// The checkpoint belongs to another run.
  case differs(path: String, [RunIdentity.Difference])
  case noCheckpoint(folder: String)
  /// The file cannot be read; `before` is the newest older one that can, nil where there is none.
  case damaged(path: String, reason: String, before: String?)
}

extension CheckpointError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let path, let array):
      "\(path) is not a checkpoint of this tool: the array \(array) is wrong"
    case .unsupportedVersion(let path, let found):
      "\(path) has checkpoint format \(found), which \(found < CheckpointFile.formatVersion ? "an older" : "a newer")"
        + " version of this tool wrote; this version reads \(CheckpointFile.formatVersion)"
    case .differs(let path, let differences):
      "\(path) belongs to another run: " + differences.map(\.description).joined(separator: "; ")
    case .damaged(let path, let reason, let before):
      "the checkpoint \(path) is damaged: \(reason); "
        + (before.map { "the one before it is \($0)" } ?? "there is none before it")
    case .noCheckpoint(let folder):
      "there is no checkpoint_step_N.npz in \(folder) to resume from"
    }
  }
}
