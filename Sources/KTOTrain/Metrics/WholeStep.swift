extension Metric {
  package static let step = Metric("step", "Optimizer steps done.", .count { $0.step })

  package static let epoch = Metric("epoch", "Passes over the data, with a fraction.", .step { $0.epoch })

  package static let gradientNorm = Metric(
    "grad_norm", "Norm of the whole gradient before clipping.", .step { $0.gradientNorm })

  package static let learningRate = Metric(
    "learning_rate", "The step's learning rate.", .step { $0.learningRate })

  package static let tokenCount = Metric(
    "num_tokens", "Tokens of prompts and completions since the run began.", .count { $0.totalTokenCount })

  package static let desirableCount = Metric(
    "desirable", "Desirable rows of the step.", .count { $0.desirableCount })

  package static let undesirableCount = Metric(
    "undesirable", "Undesirable rows of the step.", .count { $0.undesirableCount })

  package static let seconds = Metric("seconds", "Seconds the step took.", .step { $0.seconds })

  package static let tokensPerSecond = Metric(
    "tokens_per_second", "Tokens of the step's prompts and completions by its seconds.",
    .step { $0.seconds > 0 ? Double($0.tokenCount) / $0.seconds : 0 })
}
