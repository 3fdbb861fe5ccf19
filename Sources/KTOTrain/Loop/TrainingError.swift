/// What ends a training run.
package enum TrainingError: Error, Equatable, Sendable {
  /// A value is NaN or infinite; nothing after the named checkpoint is to be trusted.
  case notFinite(step: Int, what: String, lastCheckpoint: String?)
  case noRows
  /// In its first step a new adapter, which changes nothing yet, is not where the reference is.
  case startsAwayFromReference(what: String, value: Double, expected: Double)
  /// The folder of shards has no manifest.
  case notPrepared(folder: String)
  /// Every row's prompt fills the sequence length.
  case promptTooLong(id: String, promptTokens: Int, limit: Int)
  case emptyCompletion(id: String)
  /// The estimator of the reference point needs more rows a microbatch.
  case batchTooSmall(estimator: String, reason: String, smallest: Int, batchSize: Int)
  /// No member of a list has the name that a key of the configuration gives.
  case unknownName(key: String, name: String)
  /// The shards were made with another tokenizer than the model's. The hashes with the models' names.
  case tokenizerDiffers(shards: PreparedFor, model: PreparedFor)
  /// The shards were made with another chat template than the model's.
  case templateDiffers(shards: PreparedFor, model: PreparedFor)
  case sequenceTooLong(configured: Int, positions: Int)
  case resumedBeyondEnd(step: Int, maxSteps: Int)
  /// An output of an earlier run is in the way, which this run could go on from or not.
  case outputExists(path: String, isResumable: Bool)
  /// A folder holds outputs of another run than the one that is resumed.
  case outputOfAnotherRun(path: String)
  /// Another process trains into the same folder.
  case folderInUse(folder: String, process: Int?)
  /// There is not enough room for what a run writes; bytes.
  case diskFull(folder: String, needed: Int, available: Int)
  /// The adapter to start from lies where the run writes.
  case wouldReplaceInitialAdapter(folder: String)
  /// What watches, records or saves the run failed. `problem` is why its last steps could not be saved, nil where they are.
  case recordingFailed(step: Int, reason: String, lastCheckpoint: String?, problem: String?)
}

/// A model by its name, with the hash of what the shards depend on; nil is none.
package struct PreparedFor: Equatable, Sendable {
  package var model: String
  package var hash: String?

  package init(model: String, hash: String?) {
    self.model = model
    self.hash = hash
  }

  fileprivate var text: String { "\(model) (\(hash.map { "sha256 \($0.prefix(12))…" } ?? "none"))" }
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFinite(let step, let what, let checkpoint):
      "step \(step): \(what) is NaN or infinite; "
        + (checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written before it")
    case .startsAwayFromReference(let what, let value, let expected):
      "step 1: the adapter is new and changes nothing, so policy and reference are the same model, but \(what) is"
        + " \(value) instead of \(expected): one of the two is not computed as it should be, and training would learn"
        + " from the difference; this is a fault of this program or of its memory, and worth a report"
    case .noRows: "the training split has no rows"
    case .notPrepared(let folder):
      "\(folder) holds no prepared data (no manifest.json); run prepare with the same configuration first"
    case .promptTooLong(let id, let promptTokens, let limit):
      "the prompt of example \(id) has \(promptTokens) tokens and leaves no room in max_seq_length \(limit);"
        + " prepare the data again with this length"
    case .emptyCompletion(let id):
      "example \(id) has no completion, so there is nothing to learn from it; prepare the data again"
    case .batchTooSmall(let estimator, let reason, let smallest, let batchSize):
      "kl_estimator \(estimator) needs a per_device_batch_size of at least \(smallest), not \(batchSize), since"
        + " \(reason)"
    case .unknownName(let key, let name): "\(key) has no choice \(name)"
    case .tokenizerDiffers(let shards, let model):
      "the shards were made with another tokenizer, that of \(shards.text), than that of \(model.text);"
        + " run prepare again with this model"
    case .templateDiffers(let shards, let model):
      "the shards were made with another chat template, that of \(shards.text), than that of \(model.text);"
        + " run prepare again with this model"
    case .sequenceTooLong(let configured, let positions):
      "model.max_seq_length \(configured) is more than the model's \(positions) positions"
    case .resumedBeyondEnd(let step, let maxSteps):
      "the checkpoint stands after step \(step), and the run ends at step \(maxSteps); raise training.max_steps"
    case .outputExists(let path, _): "\(path) exists already"
    case .outputOfAnotherRun(let path): "\(path) exists already, and not from the run that is resumed"
    case .folderInUse(let folder, let process):
      "another run\(process.map { " (process \($0))" } ?? "") trains into \(folder);"
        + " wait for it, or choose other folders in the output section"
    case .diskFull(let folder, let needed, let available):
      "\(folder) has room for \(available) bytes, but the run writes at least \(needed) there"
    case .wouldReplaceInitialAdapter(let folder):
      "lora.init_adapter is in \(folder), which the run writes to; choose another folder in the output section"
    case .recordingFailed(let step, let reason, let checkpoint, let problem):
      "\(reason); the run stopped after step \(step)"
        + (problem.map { ", and its checkpoint failed too: \($0)" } ?? "")
        + (checkpoint.map { "; the last checkpoint is \($0)" } ?? "; no checkpoint was written")
    }
  }
}
