internal import KTOModels

/// How long a run will take, judged by two of its steps.
package struct RunForecast: Sendable, Equatable {
  /// A step that was computed, and thrown away.
  package struct Probe: Sendable, Equatable {
    /// From 1.
    package var step: Int
    /// Of its rows, prompts and completions.
    package var tokenCount: Int
    package var seconds: Double
  }

  package var probes: [Probe]
  /// Of each optimizer step.
  package var stepSeconds: [Double]
  /// Of each validation, in their order.
  package var validationSeconds: [Double]
  package var validationRowCount: Int
  package var stepsPerEpoch: Int

  package var trainingSeconds: Double { stepSeconds.reduce(0, +) }
  package var totalSeconds: Double { trainingSeconds + validationSeconds.reduce(0, +) }
}

extension Trainer {
  /// Computes the step with the most work of the first epoch and one of middling work, and judges all steps and
  /// validations by them. Nothing is kept: neither the adapter nor any file changes.
  /// - Parameter tell: hears of each step before it is computed: its number from 1, and its tokens.
  /// - Throws: what computing a step throws; `TrainingError.notFinite`.
  package func forecast(tell: (Int, Int) throws -> Void = { _, _ in }) throws -> RunForecast {
    let epoch = plan.epoch(0)
    let apart = epoch.indices.map { step -> Double in
      var work = WorkEstimate(computation)
      return work.training(epoch[step])
    }
    let order = epoch.indices.sorted { (apart[$0], $0) < (apart[$1], $1) }
    var (probes, work) = ([RunForecast.Probe](), 0.0)
    // The largest first: it asks for the memory that the second finds there.
    for step in [order[order.count - 1], order[order.count / 2]] {
      let rows = epoch[step].flatMap(\.rows)
      let tokens = rows.reduce(0) { sum, row in
        let row = computation.feed.rows[row]
        return sum + min(row.promptLength + row.completionLength, settings.maxLength)
      }
      try tell(step + 1, tokens)
      let seconds = try probe(epoch[step])
      probes.append(.init(step: step + 1, tokenCount: tokens, seconds: seconds))
      work += apart[step]
    }
    let secondsPerWork = probes.reduce(0) { $0 + $1.seconds } / max(work, 1)
    var forecast = RunForecast(
      probes: probes, stepSeconds: [], validationSeconds: [], validationRowCount: validationRowCount,
      stepsPerEpoch: plan.stepsPerEpoch)
    var training = WorkEstimate(computation)
    var current: (number: Int, steps: BatchPlan.Epoch)?
    for step in 0..<totalSteps {
      let number = step / plan.stepsPerEpoch
      let steps = current?.number == number ? current?.steps : nil
      let epoch = steps ?? plan.epoch(number)
      current = (number, epoch)
      forecast.stepSeconds.append(training.training(epoch[step % plan.stepsPerEpoch]) * secondsPerWork)
    }
    if let validation {
      var measuring = WorkEstimate(validation.computation)
      for step in 1...totalSteps where isMeasured(step) {
        let work = validation.plan.epoch(0).reduce(0) { $0 + measuring.validation($1) }
        forecast.validationSeconds.append(work * secondsPerWork)
      }
    }
    return forecast
  }

  /// Seconds that a step takes where nothing is known of its rows.
  private func probe(_ microbatches: [Microbatch]) throws -> Double {
    var computation = computation
    computation.cache = ReferenceCache()
    computation.store = nil
    let start = now()
    gradients.setZero()
    try computation.begin(microbatches)
    for microbatch in microbatches {
      let outcome = try computation.train(
        microbatch, dropoutSeed: 0, scale: 1 / Double(microbatches.count), into: gradients)
      if let what = outcome.notFinite { throw notFinite(what) }
    }
    let seconds = now() - start
    gradients.setZero()
    return seconds
  }
}
