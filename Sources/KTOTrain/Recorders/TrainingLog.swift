internal import Foundation
internal import KTOData

extension TrainingEvent {
  /// The event as lines of a log, without colour and without the time.
  package var logLines: [String] {
    switch self {
    case .backend(let description, let kernel, let threadCount):
      return [
        "✓ OpenBLAS available: \(description)",
        "✓ OpenBLAS kernel: \(kernel), threads: \(threadCount)",
      ]
    case .modelLoaded(let name, let parameterCount, let layerCount):
      return [
        "✓ Model loaded successfully",
        "  \(name): \(grouped(parameterCount)) parameters, \(layerCount) layers, float32",
      ]
    case .adapterReady(let parameterCount, let modules, let layers, let rank, let alpha, let isContinued):
      let origin = isContinued ? "continued from an adapter" : "new"
      return [
        "✓ LoRA adapter (\(origin)): rank \(rank), alpha \(number(alpha)), on \(modules.joined(separator: ", "))"
          + "\(layers.map { " of layers \($0)" } ?? ""),"
          + " \(grouped(parameterCount)) trainable parameters"
      ]
    case .referenceCreated:
      return ["Creating frozen reference model for KTO...", "Reference model created and frozen"]
    case .dataLoaded(let rows, let desirable, let undesirable, let validationRows, let truncated):
      var lines = ["✓ Data loaded: \(rows) examples (\(desirable) desirable, \(undesirable) undesirable)"]
      if validationRows > 0 { lines.append("  validation: \(validationRows) examples") }
      if truncated > 0 { lines.append("  \(truncated) of them cut at the maximum sequence length") }
      return lines
    case .balanced(let desirable, let undesirable, let counts, let ratio):
      return [
        "✓ Weights chosen: lambda_d \(number(desirable)), lambda_u \(number(undesirable)), for \(counts.text)",
        "  lambda_d × desirable / (lambda_u × undesirable) = \(fixed(ratio, 3)): desirable examples weigh as much as the"
          + " undesirable ones together, and up to a third more, as is advised (1 to 4/3)",
      ]
    case .started(let plan): return head(plan)
    case .resumed(let step, let path, _): return ["Resumed after step \(step) from \(path)"]
    case .restarted(let folder):
      return ["No checkpoint to resume from in \(folder): starting from the beginning"]
    case .step(let metrics, let total, let secondsLeft):
      return [stepLine(metrics, total: total, secondsLeft: secondsLeft)]
    case .validating, .unrecorded: return []
    case .validation(let metrics): return [validationLine(metrics)]
    case .checkpointSaved(let step, let path, let isBest):
      return [isBest ? "✓ Best checkpoint so far (step \(step)): \(path)" : "✓ Checkpoint saved: \(path)"]
    case .warning(let text): return ["warning: \(text)"]
    case .stopped(let step, let total, let path):
      return [
        "Stopped after step \(step) of \(total); "
          + (path.map { "the checkpoint to go on from: \($0)" } ?? "nothing was trained yet")
      ]
    case .finished(let summary): return tail(summary)
    }
  }

  private func head(_ plan: TrainingPlanSummary) -> [String] {
    var lines = [
      "Training mode: KTO (Kahneman-Tversky Optimization)",
      "KTO beta: \(number(plan.beta))",
      "KTO lambda_d: \(number(plan.lambdaDesirable))",
      "KTO lambda_u: \(number(plan.lambdaUndesirable))",
      "KTO reference point: \(plan.estimator)",
      "  \(plan.maxSteps) steps of \(plan.batchSize) × \(plan.accumulation) examples, learning rate "
        + "\(number(plan.learningRate)), sequences up to \(plan.maxLength) tokens, order \(plan.order)",
    ]
    if plan.lossType != KTO.name { lines.insert("KTO loss type: \(plan.lossType)", at: 1) }
    var passes =
      "  \(plan.rowCount) examples make \(plan.stepsPerEpoch) steps an epoch: \(fixed(plan.passes, 2)) passes over"
      + " the data"
    if abs(plan.passes - plan.configuredEpochs) > 0.005 {
      passes += " (max_steps wins over epochs: \(number(plan.configuredEpochs)))"
    }
    lines.append(passes)
    return lines
  }

  private func stepLine(_ metrics: StepMetrics, total: Int, secondsLeft: Double) -> String {
    func reward(_ value: Double?) -> String { value.map { signed($0, 4) } ?? "absent" }
    return "KTO step \(metrics.step)/\(total)"
      + "  loss \(fixed(metrics[.loss] ?? .nan, 4))"
      + "  reward desirable \(reward(metrics[.chosenReward])) (n=\(Int(metrics[.desirableCount] ?? 0)))"
      + "  undesirable \(reward(metrics[.rejectedReward])) (n=\(Int(metrics[.undesirableCount] ?? 0)))"
      + "  KL \(fixed(metrics[.kl] ?? 0, 4)) (signed \(signed(metrics[.signedKL] ?? 0, 4))"
      + "\(metrics[.klStandardError].map { " ± " + fixed($0, 4) } ?? ""))"
      + "  \(fixed(metrics[.tokensPerSecond] ?? 0, 0)) tokens/s"
      + "  ETA \(duration(secondsLeft))"
  }

  private func validationLine(_ metrics: ValidationMetrics) -> String {
    func reward(_ value: Double?) -> String { value.map { signed($0, 4) } ?? "absent" }
    return
      "KTO validation after step \(metrics.step): loss \(fixed(metrics.loss, 4)) over \(metrics.rowCount) examples"
      + "  reward desirable \(reward(metrics[.chosenReward]))  undesirable \(reward(metrics[.rejectedReward]))"
      + "  KL \(fixed(metrics[.kl] ?? 0, 4))  in \(duration(metrics.seconds))"
  }

  private func tail(_ summary: TrainingSummary) -> [String] {
    let steps =
      summary.firstStep == 0
      ? "\(summary.steps) steps in \(duration(summary.seconds)), \(grouped(summary.tokenCount)) tokens"
      : "\(summary.steps - summary.firstStep) steps in \(duration(summary.seconds)) (this run), "
        + "\(summary.steps) steps and \(grouped(summary.tokenCount)) tokens in all"
    return [
      "Training complete",
      "KTO examples processed: \(summary.desirableCount) desirable, \(summary.undesirableCount) undesirable",
      "  \(steps); loss "
        + "\(fixed(summary.firstLoss, 4)) → \(fixed(summary.lastLoss, 4)), best \(fixed(summary.bestLoss, 4)) at step"
        + " \(summary.bestStep)",
      "  adapter: \(summary.adapterPath)",
    ]
  }
}

func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", withoutNegativeZero(value, digits))
}

func signed(_ value: Double, _ digits: Int) -> String {
  String(format: "%+.\(digits)f", withoutNegativeZero(value, digits))
}

/// What would be printed as −0.00 is 0.
private func withoutNegativeZero(_ value: Double, _ digits: Int) -> Double {
  abs(value) * pow(10, Double(digits)) < 0.5 ? 0 : value
}

/// The shortest text that reads back as the number.
private func number(_ value: Double) -> String { "\(value)" }

private func grouped(_ value: Int) -> String {
  var digits = String(value)
  var index = digits.count - 3
  while index > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
    index -= 3
  }
  return digits
}

/// Seconds as people say them: `5.2s`, `1m36s`, `2h05m`.
package func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.isFinite ? seconds.rounded() : 0)
  if whole < 60 { return seconds < 10 ? fixed(seconds, 1) + "s" : "\(whole)s" }
  if whole < 3600 { return "\(whole / 60)m\(String(format: "%02d", whole % 60))s" }
  return "\(whole / 3600)h\(String(format: "%02d", whole / 60 % 60))m"
}
