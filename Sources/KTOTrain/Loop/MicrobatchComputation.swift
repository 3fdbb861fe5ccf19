internal import KTOModels

/// One microbatch, from tokens to gradients: policy and reference scores, the reference point, the loss.
struct MicrobatchComputation {
  let model: CausalLM
  let adapter: LoRAAdapter
  let loss: KTOLoss
  let estimator: ReferencePointEstimator
  let examples: [TrainingExample]
  /// Tokens of prompt and completion together.
  let limit: Int
  let isCheckpointed: Bool
  var cache = ReferenceCache()

  /// What a microbatch came to.
  struct Outcome {
    var loss: BatchLoss
    /// The first number that is none, by name.
    var notFinite: String?
  }

  init(
    model: CausalLM, adapter: LoRAAdapter, loss: KTOLoss, estimator: ReferencePointEstimator,
    examples: [TrainingExample], limit: Int, isCheckpointed: Bool
  ) {
    self.model = model
    self.adapter = adapter
    self.loss = loss
    self.estimator = estimator
    self.examples = examples
    self.limit = limit
    self.isCheckpointed = isCheckpointed
  }

  /// Computes the loss and adds its gradient, times `scale`, to `gradients`.
  ///
  /// - Parameters:
  ///   - dropoutSeed: for the adapter's dropout.
  ///   - scale: 1 / the microbatches of the optimizer step.
  mutating func train(
    _ microbatch: BatchPlan.Microbatch, dropoutSeed: UInt64, scale: Double, into gradients: ParameterSet,
    metrics: inout MetricsAccumulator
  ) throws -> Outcome {
    let rows = try microbatch.rows.map { try trainingRow($0) }
    let pass = try model.forward(
      rows, adapter: adapter, isCheckpointed: isCheckpointed, dropoutSeed: dropoutSeed, withStatistics: true)
    let mismatched = mismatchedCompletions(microbatch)
    let mismatchedScores = try mismatched.contains { $0 != nil } ? model.score(mismatched, after: pass) : []
    let outcome = try outcome(
      microbatch, rows: rows, policy: pass.scores, mismatched: mismatched,
      mismatchedPolicy: mismatchedScores.map { $0?.logProbability }, metrics: &metrics)
    if outcome.notFinite == nil {
      model.backward(pass, coefficients: outcome.loss.coefficients.map { $0 * scale }, into: gradients)
    }
    return outcome
  }

  /// The same loss without gradients.
  mutating func evaluate(
    _ microbatch: BatchPlan.Microbatch, metrics: inout MetricsAccumulator
  ) throws -> Outcome {
    let rows = try microbatch.rows.map { try trainingRow($0) }
    let mismatched = mismatchedCompletions(microbatch)
    let groups = zip(rows, mismatched).map { row, other in
      PromptGroup(prompt: row.prompt, completions: [row.completion] + (other.map { [$0] } ?? []))
    }
    let scores = try model.score(groups, adapter: adapter, withStatistics: true)
    return try outcome(
      microbatch, rows: rows, policy: scores.map { $0[0] }, mismatched: mismatched,
      mismatchedPolicy: scores.map { $0.count > 1 ? $0[1].logProbability : nil }, metrics: &metrics)
  }

  // MARK: - Rows

  private func trainingRow(_ index: Int) throws -> TrainingRow {
    let example = examples[index]
    guard
      let row = TrainingExample.row(prompt: example.prompt, completion: example.completion, limit: limit)
    else {
      throw TrainingError.promptTooLong(
        id: example.id, promptTokens: example.prompt.count, limit: limit)
    }
    return row
  }

  /// The partner's completion behind each row's own prompt, cut to the limit; nil where none is needed.
  private func mismatchedCompletions(_ microbatch: BatchPlan.Microbatch) -> [[UInt32]?] {
    zip(microbatch.rows, microbatch.partners).map { row, partner in
      guard estimator.needsMismatchedPairs else { return nil }
      return TrainingExample.row(
        prompt: examples[row].prompt, completion: examples[partner].completion, limit: limit)?.completion
    }
  }

  // MARK: - Scores to loss

  private mutating func outcome(
    _ microbatch: BatchPlan.Microbatch, rows: [TrainingRow], policy: [CompletionScore],
    mismatched: [[UInt32]?], mismatchedPolicy: [Double?], metrics: inout MetricsAccumulator
  ) throws -> Outcome {
    try scoreReference(microbatch, rows: rows, mismatched: mismatched)
    let lossRows = microbatch.rows.enumerated().map { place, index in
      KTORow(
        isDesirable: examples[index].label, policyLogProbability: policy[place].logProbability,
        referenceLogProbability: cache[.init(prompt: index, completion: index)] ?? .nan,
        completionTokenCount: policy[place].tokenCount, weight: examples[index].weight)
    }
    let mismatchedLogRatios = microbatch.rows.indices.compactMap { place -> Double? in
      guard let score = mismatchedPolicy.indices.contains(place) ? mismatchedPolicy[place] : nil else {
        return nil
      }
      let pair = ReferenceCache.Pair(
        prompt: microbatch.rows[place], completion: microbatch.partners[place])
      return score - (cache[pair] ?? .nan)
    }
    let result = estimator.evaluate(loss, lossRows, mismatched: mismatchedLogRatios)
    let tokenCount = rows.reduce(0) { $0 + $1.prompt.count + $1.completion.count }
    add(lossRows, policy, result, tokenCount: tokenCount, to: &metrics)
    return Outcome(loss: result, notFinite: notFinite(microbatch, lossRows, result))
  }

  /// Scores whatever pairs of this microbatch the frozen model has not seen yet.
  private mutating func scoreReference(
    _ microbatch: BatchPlan.Microbatch, rows: [TrainingRow], mismatched: [[UInt32]?]
  ) throws {
    var groups: [PromptGroup] = []
    var places: [[ReferenceCache.Pair]] = []
    for (place, index) in microbatch.rows.enumerated() {
      let own = ReferenceCache.Pair(prompt: index, completion: index)
      let other = ReferenceCache.Pair(prompt: index, completion: microbatch.partners[place])
      var wanted: [(ReferenceCache.Pair, [UInt32])] = []
      if cache[own] == nil { wanted.append((own, rows[place].completion)) }
      if let completion = mismatched[place], other != own, cache[other] == nil {
        wanted.append((other, completion))
      }
      guard !wanted.isEmpty else { continue }
      groups.append(PromptGroup(prompt: rows[place].prompt, completions: wanted.map(\.1)))
      places.append(wanted.map(\.0))
    }
    guard !groups.isEmpty else { return }
    for (pairs, scores) in zip(places, try model.score(groups, adapter: nil)) {
      for (pair, score) in zip(pairs, scores) { cache[pair] = score.logProbability }
    }
  }

  private func notFinite(
    _ microbatch: BatchPlan.Microbatch, _ rows: [KTORow], _ result: BatchLoss
  ) -> String? {
    if result.loss.isFinite, rows.allSatisfy({ $0.logRatio.isFinite }) { return nil }
    if let tensor = adapter.parameters.firstNonFinite { return "the adapter's tensor \(tensor)" }
    if let place = rows.firstIndex(where: { !$0.logRatio.isFinite }) {
      return "the log-probability of example \(examples[microbatch.rows[place]].id)"
    }
    return "the loss"
  }

  // MARK: - Metrics

  /// TRL's definitions: means over the rows of a class, present only where the class is.
  private func add(
    _ rows: [KTORow], _ policy: [CompletionScore], _ result: BatchLoss, tokenCount: Int,
    to metrics: inout MetricsAccumulator
  ) {
    func mean(_ label: Bool, _ value: (Int) -> Double) -> Double? {
      let places = rows.indices.filter { rows[$0].isDesirable == label }
      return places.isEmpty ? nil : places.reduce(0) { $0 + value($1) } / Double(places.count)
    }
    /// Over the tokens of a class rather than its rows.
    func tokenMean(_ label: Bool, _ sum: (Int) -> Double) -> Double? {
      let places = rows.indices.filter { rows[$0].isDesirable == label }
      let count = places.reduce(0) { $0 + policy[$1].tokenCount }
      return count == 0 ? nil : places.reduce(0) { $0 + sum($1) } / Double(count)
    }
    let chosen = mean(true) { loss.beta * rows[$0].logRatio }
    let rejected = mean(false) { loss.beta * rows[$0].logRatio }
    metrics.add("loss", result.loss)
    // Each row counts with the point it was held against; the two differ under `opposite_class` alone.
    let points = rows.map { $0.isDesirable ? result.desirableReference : result.undesirableReference }
    let rowCount = Double(max(rows.count, 1))
    metrics.add("kl", points.reduce(0) { $0 + $1.value } / rowCount)
    metrics.add("kl_signed", points.reduce(0) { $0 + $1.signed } / rowCount)
    metrics.add("clamped", Double(points.count { $0.isClamped }) / rowCount)
    metrics.add("rewards/chosen", chosen)
    metrics.add("rewards/rejected", rejected)
    if let chosen, let rejected { metrics.add("rewards/margins", chosen - rejected) }
    metrics.add("logps/chosen", mean(true) { policy[$0].logProbability })
    metrics.add("logps/rejected", mean(false) { policy[$0].logProbability })
    metrics.add("logits/chosen", tokenMean(true) { policy[$0].meanLogitSum })
    metrics.add("logits/rejected", tokenMean(false) { policy[$0].meanLogitSum })
    metrics.add("nll/chosen", tokenMean(true) { -policy[$0].logProbability })
    let completionTokens = policy.reduce(0) { $0 + $1.tokenCount }
    metrics.add("entropy", policy.reduce(0) { $0 + $1.entropySum } / Double(max(completionTokens, 1)))
    metrics.desirableCount += rows.count { $0.isDesirable }
    metrics.undesirableCount += rows.count { !$0.isDesirable }
    metrics.tokenCount += tokenCount
  }
}
