internal import KTOData
internal import KTOModels

/// One microbatch, from tokens to gradients: policy and reference scores, the reference points, the loss.
struct MicrobatchComputation {
  let model: CausalLM
  let adapter: LoRAAdapter
  let loss: KTOLoss
  var estimator: any ReferencePointEstimator
  let feed: TrainingFeed
  /// Tokens of prompt and completion together.
  let maxLength: Int
  /// Whether activations are computed again in the backward pass.
  let isCheckpointed: Bool
  var cache = ReferenceCache()
  /// What other runs have scored; nil where nothing is kept beyond a run.
  var store: ReferenceStore?

  /// The result of a microbatch.
  struct Outcome {
    var scored: ScoredMicrobatch
    /// The name of the first value that is NaN or infinite.
    var notFinite: String?
  }

  init(
    model: CausalLM, adapter: LoRAAdapter, loss: KTOLoss, estimator: any ReferencePointEstimator,
    feed: TrainingFeed, maxLength: Int, isCheckpointed: Bool
  ) {
    self.model = model
    self.adapter = adapter
    self.loss = loss
    // A loss without a reference point needs no estimate, so nothing is scored for one.
    self.estimator = loss.estimator(estimator)
    self.feed = feed
    self.maxLength = maxLength
    self.isCheckpointed = isCheckpointed
  }

  /// Computes the loss and adds its gradient, times `scale`, to `gradients`.
  ///
  /// - Parameters:
  ///   - dropoutSeed: for the adapter's dropout.
  ///   - scale: 1 / the microbatches of the optimizer step.
  mutating func train(
    _ microbatch: Microbatch, dropoutSeed: UInt64, scale: Double, into gradients: ParameterSet
  ) throws -> Outcome {
    let sequences = try sequences(of: microbatch)
    let pass = try model.forward(
      sequences.rows, adapter: adapter, isCheckpointed: isCheckpointed, dropoutSeed: dropoutSeed,
      withStatistics: true)
    let outcome = try outcome(
      microbatch, sequences, policy: pass.scores, pairPolicy: scorePairs(sequences, after: pass))
    if outcome.notFinite == nil {
      backward(pass, outcome.scored, scale: scale, into: gradients)
    }
    return outcome
  }

  /// The same loss without gradients.
  mutating func evaluate(_ microbatch: Microbatch) throws -> Outcome {
    let sequences = try sequences(of: microbatch)
    let groups = sequences.rows.enumerated().map { place, row in
      PromptGroup(
        prompt: row.prompt,
        completions: [row.completion] + sequences.pairs(at: place).map(\.completion))
    }
    let scores = try model.score(groups, adapter: adapter, withStatistics: true)
    var others = scores.map { $0.dropFirst() }
    let pairPolicy = sequences.pairs.map { others[$0.place].removeFirst() }
    return try outcome(microbatch, sequences, policy: scores.map { $0[0] }, pairPolicy: pairPolicy)
  }

  // MARK: - Sequences to compute

  /// What is scored for a microbatch.
  private struct Sequences {
    /// A pair that the estimator wants, at the place of its prompt in the microbatch.
    struct Pair {
      var rows: RowPair
      var place: Int
      /// Behind that prompt, cut to the maximum length.
      var completion: [UInt32]
    }

    var rows: [TrainingRow]
    var pairs: [Pair]

    func pairs(at place: Int) -> [Pair] { pairs.filter { $0.place == place } }
  }

  private func sequences(of microbatch: Microbatch) throws -> Sequences {
    var stored: [Int: TokenizedExample] = [:]
    func example(_ index: Int) throws -> TokenizedExample {
      if let example = stored[index] { return example }
      let example = try feed.example(at: index)
      stored[index] = example
      return example
    }
    func row(_ prompt: Int, _ completion: Int) throws -> TrainingRow {
      try tokens(of: example(prompt), example(completion))
    }
    let rows = try microbatch.rows.map { try row($0, $0) }
    let pairs = try estimator.wantedPairs(in: microbatch).map { pair in
      guard let place = microbatch.rows.firstIndex(of: pair.prompt) else {
        preconditionFailure("an estimator wants a prompt of another microbatch")
      }
      return Sequences.Pair(
        rows: pair, place: place, completion: try row(pair.prompt, pair.completion).completion)
    }
    return Sequences(rows: rows, pairs: pairs)
  }

  /// A prompt with a completion, cut to the maximum length.
  func tokens(of prompt: TokenizedExample, _ completion: TokenizedExample) throws -> TrainingRow {
    guard
      let row = TrainingRow(
        prompt: prompt.promptIDs, completion: completion.completionIDs, limit: maxLength)
    else {
      throw TrainingError.promptTooLong(
        id: prompt.id, promptTokens: prompt.promptIDs.count, limit: maxLength)
    }
    return row
  }

  // MARK: - Scores

  /// Each pair's score, from the keys and values of the prompts in the pass. As many passes as the row with the most
  /// pairs has.
  private func scorePairs(_ sequences: Sequences, after pass: TrainingPass) throws -> [CompletionScore] {
    var scores = [CompletionScore?](repeating: nil, count: sequences.pairs.count)
    var waiting = Array(sequences.pairs.indices)
    while !waiting.isEmpty {
      var chosen = [Int?](repeating: nil, count: sequences.rows.count)
      for pair in waiting where chosen[sequences.pairs[pair].place] == nil {
        chosen[sequences.pairs[pair].place] = pair
      }
      let completions = chosen.map { pair in pair.map { sequences.pairs[$0].completion } }
      for (pair, score) in zip(chosen, try model.score(completions, after: pass)) {
        if let pair, let score { scores[pair] = score }
      }
      waiting.removeAll { chosen[sequences.pairs[$0].place] == $0 }
    }
    return scores.compactMap { $0 }
  }

  /// Scores whatever pairs of this microbatch the frozen model has not seen yet.
  private mutating func scoreReference(_ microbatch: Microbatch, _ sequences: Sequences) throws {
    var groups: [PairGroup] = []
    for (place, index) in microbatch.rows.enumerated() {
      var group = PairGroup(prompt: sequences.rows[place].prompt)
      group.append(RowPair(prompt: index, completion: index), sequences.rows[place].completion)
      for pair in sequences.pairs(at: place) { group.append(pair.rows, pair.completion) }
      groups.append(group)
    }
    try scoreReference(groups)
  }

  /// Scores what the frozen model has not seen yet.
  mutating func scoreReference(_ groups: [PairGroup]) throws {
    // Scores by token are not kept on disk.
    let store = loss.tokenLimits == nil ? store : nil
    if let store { takeStored(groups, from: store) }
    let wanted = groups.map { $0.filter { cache[$0] == nil } }.filter { !$0.pairs.isEmpty }
    guard !wanted.isEmpty else { return }
    for (group, scores) in zip(wanted, try model.score(wanted.map(\.promptGroup), adapter: nil)) {
      for (index, (pair, score)) in zip(group.pairs, scores).enumerated() {
        cache[pair] = score.logProbability
        store?.add(
          score.logProbability, prompt: group.prompt, completion: group.completions[index])
        if loss.tokenLimits != nil { cache.tokens[pair] = score.tokenLogProbabilities }
      }
    }
    try store?.flush()
  }

  private mutating func takeStored(_ groups: [PairGroup], from store: ReferenceStore) {
    for group in groups {
      for (pair, completion) in zip(group.pairs, group.completions) where cache[pair] == nil {
        cache[pair] = store.logProbability(prompt: group.prompt, completion: completion)
      }
    }
  }

  // MARK: - Scores to loss

  /// r of a scored pair, nats. Nil where its tokens are held between limits and it is 0: such pairs do not count in the
  /// mean that estimates the reference point.
  func logRatio(_ score: CompletionScore, _ pair: RowPair) -> Double? {
    guard let limited = limited(score, pair) else { return score.logProbability - (cache[pair] ?? .nan) }
    return limited.sum == 0 ? nil : limited.sum
  }

  /// The log-ratios of a pair's tokens where the loss has limits for them.
  private func limited(_ score: CompletionScore, _ pair: RowPair) -> TokenLogRatios? {
    guard let limits = loss.tokenLimits, let reference = cache.tokens[pair],
      reference.count == score.tokenCount
    else { return nil }
    return TokenLogRatios(policy: score.tokenLogProbabilities, reference: reference, limits: limits)
  }

  private func backward(
    _ pass: TrainingPass, _ scored: ScoredMicrobatch, scale: Double, into gradients: ParameterSet
  ) {
    let loss = scored.loss
    let direct = loss.directCoefficients
    let coefficients = loss.coefficients.indices.map { row in
      (ratio: scale * loss.coefficients[row], direct: direct.isEmpty ? 0 : scale * direct[row])
    }
    guard scored.rows.contains(where: { $0.limited != nil }) else {
      model.backward(pass, coefficients: coefficients.map { $0.ratio + $0.direct }, into: gradients)
      return
    }
    let tokens = zip(scored.rows, coefficients).map { row, coefficient in
      (row.limited?.hasGradient ?? Array(repeating: true, count: row.completionTokenCount)).map {
        ($0 ? coefficient.ratio : 0) + coefficient.direct
      }
    }
    model.backward(pass, tokenCoefficients: tokens, into: gradients)
  }

  private mutating func outcome(
    _ microbatch: Microbatch, _ sequences: Sequences, policy: [CompletionScore], pairPolicy: [CompletionScore]
  ) throws -> Outcome {
    try scoreReference(microbatch, sequences)
    let rows = microbatch.rows.enumerated().map { place, index in
      let own = RowPair(prompt: index, completion: index)
      var row = KTORow(
        isDesirable: feed.rows[index].label, policyLogProbability: policy[place].logProbability,
        referenceLogProbability: cache[own] ?? .nan,
        completionTokenCount: policy[place].tokenCount, weight: feed.rows[index].weight,
        entropySum: policy[place].entropySum, meanLogitSum: policy[place].meanLogitSum)
      row.limited = limited(policy[place], own)
      return row
    }
    let pairs = zip(sequences.pairs, pairPolicy).compactMap { logRatio($1, $0.rows) }
    let result = estimator.loss(of: rows, pairs: pairs, by: loss)
    let tokenCount = sequences.rows.reduce(0) { $0 + $1.prompt.count + $1.completion.count }
    return Outcome(
      scored: ScoredMicrobatch(rows: rows, loss: result, tokenCount: tokenCount),
      notFinite: try notFinite(microbatch, rows, result))
  }

  private func notFinite(_ microbatch: Microbatch, _ rows: [KTORow], _ result: BatchLoss) throws -> String? {
    if result.loss.isFinite, rows.allSatisfy({ $0.logRatio.isFinite }) { return nil }
    if let tensor = adapter.parameters.firstNonFinite { return "the adapter's tensor \(tensor)" }
    if let place = rows.firstIndex(where: { !$0.logRatio.isFinite }) {
      return "the log-probability of example \(try feed.example(at: microbatch.rows[place]).id)"
    }
    return "the loss"
  }
}
