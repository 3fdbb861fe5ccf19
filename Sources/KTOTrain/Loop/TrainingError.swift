/// What ends a training run.
package enum TrainingError: Error, Equatable, Sendable {
  /// A number stopped being one; nothing after the named checkpoint is to be trusted.
  case notFinite(step: Int, what: String, lastCheckpoint: String?)
  case noRows
  /// The folder of shards has no manifest.
  case notPrepared(folder: String)
  /// Every row's prompt fills the sequence length.
  case promptTooLong(id: String, promptTokens: Int, limit: Int)
  case batchTooSmall(batchSize: Int)
  /// The shards were made with another tokenizer or template than the model's.
  case tokenizerDiffers(shards: String, model: String)
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
    case .batchTooSmall(let batchSize):
      "kl_estimator trl pairs each prompt with another row's completion, so per_device_batch_size must be at"
        + " least 2, not \(batchSize); or use kl_estimator none"
    case .tokenizerDiffers(let shards, let model):
      "the shards were made with another tokenizer (sha256 \(shards.prefix(12))…) than the model's"
        + " (\(model.prefix(12))…); run prepare again with this model"
    case .sequenceTooLong(let configured, let positions):
      "model.max_seq_length \(configured) is more than the model's \(positions) positions"
    case .resumedBeyondEnd(let step, let maxSteps):
      "the checkpoint stands after step \(step), and the run ends at step \(maxSteps); raise training.max_steps"
    case .outputExists(let path):
      "\(path) exists already; go on from it with --resume, or replace it with --force"
    }
  }
}
