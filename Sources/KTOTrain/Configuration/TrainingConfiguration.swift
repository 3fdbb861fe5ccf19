package import KTOCore

/// The optimisation: the `training:` section.
package struct TrainingConfiguration: ConfigurationSection {
  /// Optimizer steps; nil leaves it to `epochs`.
  package var maxSteps: Int?
  package var epochs = 1.0
  package var perDeviceBatchSize = 2
  package var gradientAccumulationSteps = 16
  package var learningRate = 5e-6
  package var warmupSteps = 0
  package var weightDecay = 0.0
  package var maxGradientNorm = 1.0
  package var order: RowOrder = .shuffled
  package var gradientCheckpointing = false
  /// Optimizer steps between checkpoints; 0 writes the best one alone.
  package var checkpointSteps = 50
  /// Nil keeps the reference's scores in checkpoints alone.
  package var referenceCache: String?
  package var seed = 42
  /// 0 takes every core.
  package var threads = 0

  package init() {}

  package static var fields: [ConfigurationField<Self>] {
    [
      .optionalInt(
        "max_steps", \.maxSteps, in: 1...1_000_000_000,
        "Optimizer steps in all. It wins over epochs: the data is passed as often as the steps need. null leaves it to epochs."
      )
      .marked(.mayChangeOnResume),
      .double(
        "epochs", \.epochs, .above(0, through: 10_000),
        "Passes over the training data, where max_steps is null."
      )
      .marked(.mayChangeOnResume),
      .int(
        "per_device_batch_size", \.perDeviceBatchSize, in: 1...4096,
        "Examples in a microbatch, which are computed together: more take more memory."),
      .int(
        "gradient_accumulation_steps", \.gradientAccumulationSteps, in: 1...65_536,
        "Microbatches in an optimizer step; the batch that counts is this times per_device_batch_size."),
      .double(
        "learning_rate", \.learningRate, .above(0, through: 1),
        "AdamW's rate after warm-up, from where it falls in a line to 0 at the last step. 5e-7 to 5e-6 for KTO, up to 1e-4 with LoRA."
      ),
      .int(
        "warmup_steps", \.warmupSteps, in: 0...1_000_000_000,
        "Optimizer steps in which the rate rises in a line from 0."),
      .double("weight_decay", \.weightDecay, .within(0...1), "AdamW's decoupled weight decay."),
      .double(
        "max_grad_norm", \.maxGradientNorm, .within(0...1e9),
        "The norm that a step's gradient is scaled down to; 0 never scales."),
      .choice(
        "order", \.order,
        "The order of the examples. shuffled: anew in each pass by seed, with both classes in each microbatch as far as they go; length: the same with examples of about the same length in a microbatch; sequential: as they lie in the shards."
      ),
      .bool(
        "gradient_checkpointing", \.gradientCheckpointing,
        "Compute each layer's activations again in the backward pass rather than keep them: less memory, about a third more time."
      )
      .marked(.mayChangeOnResume),
      .int(
        "checkpoint_steps", \.checkpointSteps, in: 0...1_000_000_000,
        "Optimizer steps between checkpoints; 0 keeps the best one alone."
      )
      .marked(.mayChangeOnResume),
      .optionalString(
        "reference_cache", \.referenceCache,
        "Folder where the reference model's scores are kept by content, for all runs on the same model: sweeps and later runs score no pair again. null keeps them in the run's own checkpoints alone. humanline, which needs the scores of tokens, does not use it."
      )
      .marked(.mayChangeOnResume),
      .int(
        "seed", \.seed, in: 0...Int.max,
        "Decides the adapter's first values, the order and the dropout. The same seed, data and threads give the same adapter."
      ),
      .int("threads", \.threads, in: 0...1024, "Threads of computation; 0 takes every core.")
        .marked(.mayChangeOnResume),
    ]
  }

  package var conflicts: [(key: String, message: String)] {
    guard let maxSteps, warmupSteps > maxSteps else { return [] }
    return [("warmup_steps", "\(warmupSteps) is more than max_steps, \(maxSteps)")]
  }
}
