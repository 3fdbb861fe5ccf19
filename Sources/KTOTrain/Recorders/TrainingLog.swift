internal import Foundation

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
    case .adapterReady(let parameterCount, let modules, let rank, let alpha, let isContinued):
      let origin = isContinued ? "continued from an adapter" : "new"
      return [
        "✓ LoRA adapter (\(origin)): rank \(rank), alpha \(number(alpha)), on \(modules.joined(separator: ", ")),"
          + " \(grouped(parameterCount)) trainable parameters"
      ]
    case .referenceCreated:
      return ["Creating frozen reference model for KTO...", "Reference model created and frozen"]
    case .dataLoaded(let rows, let desirable, let undesirable, let validationRows, let truncated):
      var lines = ["✓ Data loaded: \(rows) examples (\(desirable) desirable, \(undesirable) undesirable)"]
      if validationRows > 0 { lines.append("  validation: \(validationRows) examples") }
      if truncated > 0 { lines.append("  \(truncated) of them cut at the maximum sequence length") }
      return lines
    case .started(let plan): return head(plan)
    case .resumed(let step, let path): return ["Resumed after step \(step) from \(path)"]
    case .step(let metrics, let total, let secondsLeft):
      return [stepLine(metrics, total: total, secondsLeft: secondsLeft)]
    case .validation(let step, let loss, let rows):
      return ["KTO validation after step \(step): loss \(fixed(loss, 4)) over \(rows) examples"]
    case .checkpointSaved(let step, let path, let isBest):
      return [isBest ? "✓ Best checkpoint so far (step \(step)): \(path)" : "✓ Checkpoint saved: \(path)"]
    case .warning(let text): return ["warning: \(text)"]
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
      + "  KL \(fixed(metrics[.kl] ?? 0, 4)) (signed \(signed(metrics[.signedKL] ?? 0, 4)))"
      + "  \(fixed(metrics[.tokensPerSecond] ?? 0, 0)) tokens/s"
      + "  ETA \(duration(secondsLeft))"
  }

  private func tail(_ summary: TrainingSummary) -> [String] {
    [
      "Training complete",
      "KTO examples processed: \(summary.desirableCount) desirable, \(summary.undesirableCount) undesirable",
      "  \(summary.steps) steps in \(duration(summary.seconds)), \(grouped(summary.tokenCount)) tokens; loss "
        + "\(fixed(summary.firstLoss, 4)) → \(fixed(summary.lastLoss, 4)), best \(fixed(summary.bestLoss, 4)) at step"
        + " \(summary.bestStep)",
      "  adapter: \(summary.adapterPath)",
    ]
  }
}

private func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", withoutNegativeZero(value, digits))
}

private func signed(_ value: Double, _ digits: Int) -> String {
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

private func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.isFinite ? seconds.rounded() : 0)
  if whole < 60 { return seconds < 10 ? fixed(seconds, 1) + "s" : "\(whole)s" }
  if whole < 3600 { return "\(whole / 60)m\(String(format: "%02d", whole % 60))s" }
  return "\(whole / 3600)h\(String(format: "%02d", whole / 60 % 60))m"
}
