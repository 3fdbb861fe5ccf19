package import KTOKernels

/// A prompt and answers to it; the prompt's computation is shared by all of them.
package struct PromptGroup: Sendable, Equatable {
  package var prompt: [UInt32]
  package var completions: [[UInt32]]

  package init(prompt: [UInt32], completions: [[UInt32]]) {
    self.prompt = prompt
    self.completions = completions
  }

  var tokenCount: Int { prompt.count + completions.reduce(0) { $0 + $1.count - 1 } }
}

/// How likely a model holds a completion, token by token, given its prompt.
package struct CompletionScore: Sendable, Equatable {
  /// log p of each completion token, nats.
  package var tokenLogProbabilities: [Float]
  /// Σ over the tokens of the entropy of the distribution each was drawn from, nats; 0 unless asked for.
  package var entropySum: Double
  /// Σ over the tokens of the mean over the vocabulary of the logits; 0 unless asked for.
  package var meanLogitSum: Double

  /// log p(completion | prompt): the sum over its tokens, nats.
  package var logProbability: Double { tokenLogProbabilities.reduce(0) { $0 + Double($1) } }
  package var tokenCount: Int { tokenLogProbabilities.count }

  init(_ rows: some Collection<VocabularyRow>) {
    tokenLogProbabilities = rows.map(\.logProbability)
    entropySum = rows.reduce(0) { $0 + Double($1.entropy) }
    meanLogitSum = rows.reduce(0) { $0 + Double($1.meanLogit) }
  }
}

/// Rows of the residual stream to be scored, and the token each must predict.
struct HeadRows {
  var sources: [(matrix: Matrix, row: Int)] = []
  var targets: [Int] = []

  mutating func append(_ matrix: Matrix, _ row: Int, predicts token: UInt32) {
    sources.append((matrix, row))
    targets.append(Int(token))
  }
}

extension CausalLM {
  /// Tokens that one pass without gradients takes at most, unless a single group has more.
  static let scoringBatchTokens = 2048

  /// Scores completions without keeping anything for gradients. `adapter` nil is the frozen reference.
  ///
  /// - Returns: for each group, a score for each completion.
  /// - Throws: `ModelError` for tokens or lengths the model does not take.
  package func score(
    _ groups: [PromptGroup], adapter: LoRAAdapter?, withStatistics: Bool = false
  ) throws(ModelError) -> [[CompletionScore]] {
    try check(adapter)
    for group in groups {
      for completion in group.completions { try check(group.prompt, completion) }
    }
    var scores: [[CompletionScore]] = []
    var pending: [PromptGroup] = []
    var pendingTokens = 0
    for group in groups {
      if !pending.isEmpty, pendingTokens + group.tokenCount > Self.scoringBatchTokens {
        scores += scoreTogether(pending, adapter: adapter, withStatistics: withStatistics)
        pending.removeAll()
        pendingTokens = 0
      }
      pending.append(group)
      pendingTokens += group.tokenCount
    }
    return scores + scoreTogether(pending, adapter: adapter, withStatistics: withStatistics)
  }

  /// log p of one completion, nats. `adapter` nil is the frozen reference.
  package func logProbability(
    prompt: [UInt32], completion: [UInt32], adapter: LoRAAdapter?
  ) throws(ModelError) -> Double {
    let group = PromptGroup(prompt: prompt, completions: [completion])
    return try score([group], adapter: adapter).first?.first?.logProbability ?? 0
  }

  private func scoreTogether(
    _ groups: [PromptGroup], adapter: LoRAAdapter?, withStatistics: Bool
  ) -> [[CompletionScore]] {
    var batch = TokenBatch()
    // The rows of each group's prompt and of each completion but its last token, which predicts nothing.
    let places = groups.map { group in
      let prompt = batch.append(group.prompt)
      let completions = group.completions.map { completion in
        batch.append(completion.dropLast(), position: group.prompt.count, prefix: .rows(prompt))
      }
      return (prompt: prompt, completions: completions)
    }
    guard batch.rowCount > 0 else { return groups.map { _ in [] } }
    let x = forwardWithoutGradient(batch, adapter: adapter)
    var rows = HeadRows()
    for (group, place) in zip(groups, places) {
      for (completion, completionRows) in zip(group.completions, place.completions) {
        for (token, row) in zip(completion, [place.prompt.upperBound - 1] + Array(completionRows)) {
          rows.append(x, row, predicts: token)
        }
      }
    }
    var scored = scoreRows(rows, withStatistics: withStatistics)[...]
    return groups.map { group in
      group.completions.map { completion in
        defer { scored = scored.dropFirst(completion.count) }
        return CompletionScore(scored.prefix(completion.count))
      }
    }
  }

  /// Final norm and head on some rows.
  func scoreRows(_ rows: HeadRows, withStatistics: Bool) -> [VocabularyRow] {
    let hidden = normedHeadRows(rows)
    return context.vocabularyHead(
      hidden: hidden, weight: weights[parts.head], targets: rows.targets, withStatistics: withStatistics,
      softCap: plan.logitSoftCap.map { Float($0) }, scratch: workspace.kernels)
  }

  /// The rows gathered, normed and scaled as the head takes them: [M, hidden], in the workspace; before the norm they
  /// stand in `.headInput`.
  func normedHeadRows(_ rows: HeadRows) -> Matrix {
    let (count, width) = (rows.sources.count, plan.hiddenSize)
    let gathered = workspace.matrix(.headInput, rows: count, columns: width)
    for (index, source) in rows.sources.enumerated() {
      gathered.rows(index..<index + 1).copy(from: source.matrix.rows(source.row..<source.row + 1))
    }
    let normed = workspace.matrix(.headNormed, rows: count, columns: width)
    finalNorm(gathered, into: normed)
    return normed
  }

  /// What the head reads of the residual stream: its norm, times the scale that the logits are to have.
  func finalNorm(_ x: Matrix, into y: Matrix) {
    parts.finalNorm.forward(x, into: y, weights, context)
    if plan.logitScale != 1 { context.scale(y, by: Float(plan.logitScale)) }
  }

  /// logits = the head of normed rows, with the plan's cap. normed: [M, hidden]; logits: [M, vocabulary].
  func head(_ normed: Matrix, into logits: Matrix) {
    context.multiply(normed, .normal, weights[parts.head], .transposed, into: logits)
    if let cap = plan.logitSoftCap { context.softCap(logits, at: Float(cap)) }
  }

  /// The logits of every position of one sequence: [T, vocabulary]. For checks: it holds them all.
  package func logits(_ tokens: [UInt32], adapter: LoRAAdapter?) throws(ModelError) -> Matrix {
    try check(adapter)
    try check(tokens, [0])
    var batch = TokenBatch()
    batch.append(tokens)
    let x = forwardWithoutGradient(batch, adapter: adapter)
    let normed = workspace.matrix(.headNormed, rows: x.rows, columns: x.columns)
    finalNorm(x, into: normed)
    let logits = Matrix(rows: x.rows, columns: plan.vocabularySize, isZeroed: false)
    head(normed, into: logits)
    return logits
  }
}
