/// What ends a training run.
package enum TrainingError: Error, Equatable, Sendable {
  /// A value is NaN or infinite; nothing after the named checkpoint is to be trusted.
  case notFinite(step: Int, what: String, lastCheckpoint: String?)
  case noRows
  /// The folder of shards has no manifest.
  case notPrepared(folder: String)
  /// Every row's prompt fills the sequence length.
  case promptTooLong(id: String, promptTokens: Int, limit: Int)
  case emptyCompletion(id: String)
  /// The estimator of the reference point needs more rows a microbatch.
  case batchTooSmall(estimator: String, reason: String, smallest: Int, batchSize: Int)
  /// No member of a list has the name that a key of the configuration gives.
  case unknownName(key: String, name: String)
  /// The shards were made with another tokenizer than the model's.
  case tokenizerDiffers(shards: String, model: String)
  /// The shards were made with another chat template than the model's; nil is none.
  case templateDiffers(shards: String?, model: String?)
  case sequenceTooLong(configured: Int, positions: Int)
  case resumedBeyondEnd(step: Int, maxSteps: Int)
  case outputExists(path: String)
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notFinite(let step, let what, let checkpoint):
      "step \(step): \(what) is NaN or infinite; "
        + (checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written before it")
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
      "the shards were made with another tokenizer (sha256 \(shards.prefix(12))…) than the model's"
        + " (\(model.prefix(12))…); run prepare again with this model"
    case .templateDiffers(let shards, let model):
      "the shards were made with another chat template (\(hashText(shards))) than the model's (\(hashText(model)));"
        + " run prepare again with this model"
    case .sequenceTooLong(let configured, let positions):
      "model.max_seq_length \(configured) is more than the model's \(positions) positions"
    case .resumedBeyondEnd(let step, let maxSteps):
      "the checkpoint stands after step \(step), and the run ends at step \(maxSteps); raise training.max_steps"
    case .outputExists(let path):
      "\(path) exists already; go on from it with --resume, or replace it with --force"
    }
  }
}

private func hashText(_ hash: String?) -> String { hash.map { "sha256 \($0.prefix(12))…" } ?? "none" }
