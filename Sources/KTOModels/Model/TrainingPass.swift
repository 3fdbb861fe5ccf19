internal import KTOKernels

/// A prompt and the completion that is trained on.
package struct TrainingRow: Sendable, Equatable {
  package var prompt: [UInt32]
  package var completion: [UInt32]

  package init(prompt: [UInt32], completion: [UInt32]) {
    self.prompt = prompt
    self.completion = completion
  }
}

/// A forward pass that waits for the coefficients of its backward pass. It holds the activations of its rows
/// and gives their memory back to the model when it goes; a class for that reason.
package final class TrainingPass {
  /// For each row, in order.
  package let scores: [CompletionScore]
  package let rows: [TrainingRow]
  let adapter: AppliedAdapter
  let batch: TokenBatch
  /// The batch rows of each sequence, all of its tokens but the last.
  let places: [Range<Int>]
  let saved: SavedActivations
  /// d logProbability / d hidden of each scored row, before the final norm's gradient: [M, hidden].
  let headGradient: Matrix
  let headStorage: FloatStorage
  private let pool: StoragePool
  /// The backward pass writes over the activations.
  var isConsumed = false

  init(
    rows: [TrainingRow], scores: [CompletionScore], adapter: AppliedAdapter, batch: TokenBatch,
    places: [Range<Int>], saved: SavedActivations, headGradient: Matrix, headStorage: FloatStorage,
    pool: StoragePool
  ) {
    self.rows = rows
    self.scores = scores
    self.adapter = adapter
    self.batch = batch
    self.places = places
    self.saved = saved
    self.headGradient = headGradient
    self.headStorage = headStorage
    self.pool = pool
  }

  deinit { pool.give(saved.storage) }

  /// The batch row whose output predicts the first completion token of a sequence.
  func firstScoredRow(_ index: Int) -> Int { places[index].lowerBound + rows[index].prompt.count - 1 }
}

extension CausalLM {
  /// Runs rows forward together, keeping what ``backward(_:coefficients:into:)`` needs.
  ///
  /// - Parameters:
  ///   - isCheckpointed: keep each layer's input alone and compute the rest again in the backward pass: about a
  ///     tenth of the memory (``activationByteCount(tokenCount:isCheckpointed:)``), a third more work.
  ///   - dropoutSeed: draws what the adapter's dropout zeroes; nil drops nothing.
  ///   - withStatistics: also entropies and mean logits.
  /// - Throws: `ModelError`.
  package func forward(
    _ rows: [TrainingRow], adapter: LoRAAdapter, isCheckpointed: Bool = false, dropoutSeed: UInt64? = nil,
    withStatistics: Bool = false
  ) throws(ModelError) -> TrainingPass {
    try check(adapter)
    for row in rows { try check(row.prompt, row.completion) }
    var batch = TokenBatch()
    let places = rows.map { batch.append(($0.prompt + $0.completion).dropLast()) }
    let layout = SavedActivations.Plan(parts, rows: batch.rowCount, isCheckpointed: isCheckpointed)
    let saved = SavedActivations(layout, storage: pool.take(layout.count))
    let hasDropout = adapter.shape.dropout > 0
    let applied = AppliedAdapter(adapter: adapter, dropoutSeed: hasDropout ? dropoutSeed : nil)
    embed(batch.tokens, into: saved.input(0))
    var layerPass = layerPass(batch, adapter: applied)
    let scratch = LayerMemory(workspace, rows: batch.rowCount, isForBackward: false)
    for layer in parts.layers.indices {
      layerPass.layer = layer
      forward(
        saved.input(layer), into: saved.input(layer + 1), saved: saved.layer(layer) ?? scratch,
        pass: layerPass)
    }

    var headRows = HeadRows()
    let last = saved.input(parts.layers.count)
    for (row, place) in zip(rows, places) {
      for (index, token) in row.completion.enumerated() {
        headRows.append(last, place.lowerBound + row.prompt.count - 1 + index, predicts: token)
      }
    }
    let hidden = normedHeadRows(headRows)
    let gradient = Matrix(rows: hidden.rows, columns: plan.hiddenSize, isZeroed: false)
    var scored = context.vocabularyHead(
      hidden: hidden, weight: weights[parts.head], targets: headRows.targets, withStatistics: withStatistics,
      softCap: plan.logitSoftCap.map { Float($0) }, gradient: gradient, scratch: workspace.kernels)[...]
    let scores = rows.map { row in
      defer { scored = scored.dropFirst(row.completion.count) }
      return CompletionScore(scored.prefix(row.completion.count))
    }
    return TrainingPass(
      rows: rows, scores: scores, adapter: applied, batch: batch, places: places, saved: saved,
      headGradient: gradient, headStorage: gradient.storage, pool: pool)
  }

  /// Scores other completions of a pass' prompts with the same adapter, without gradients and, where the pass
  /// kept them, from the prompts' own keys and values.
  ///
  /// - Parameter completions: one for each row of the pass, or nil.
  /// - Precondition: the backward pass has not been run.
  package func score(
    _ completions: [[UInt32]?], after pass: TrainingPass, withStatistics: Bool = false
  ) throws(ModelError) -> [CompletionScore?] {
    precondition(completions.count == pass.rows.count && !pass.isConsumed, "pass")
    let hasKeys = pass.saved.layer(0) != nil && pass.adapter.dropoutSeed == nil
    guard hasKeys else {
      var result: [CompletionScore?] = []
      for (row, completion) in zip(pass.rows, completions) {
        let groups = completion.map { [PromptGroup(prompt: row.prompt, completions: [$0])] } ?? []
        result.append(
          try score(groups, adapter: pass.adapter.adapter, withStatistics: withStatistics).first?.first)
      }
      return result
    }
    var batch = TokenBatch()
    var places: [Range<Int>?] = []
    for (index, completion) in completions.enumerated() {
      guard let completion else {
        places.append(nil)
        continue
      }
      let prompt = pass.rows[index].prompt
      try check(prompt, completion)
      let start = pass.places[index].lowerBound
      let keys = parts.layers.indices.compactMap { layer -> (keys: Matrix, values: Matrix)? in
        guard let saved = pass.saved.layer(layer) else { return nil }
        let kept = parts.layers[layer].blocks.lazy.compactMap { $0.keysAndValues(saved) }.first
        return kept.map {
          ($0.keys.rows(start..<start + prompt.count), $0.values.rows(start..<start + prompt.count))
        }
      }
      places.append(
        batch.append(
          completion.dropLast(), position: prompt.count, prefix: .past(PastKeys(layers: keys))))
    }
    let x = forwardWithoutGradient(batch, adapter: pass.adapter.adapter)
    let promptOutput = pass.saved.input(parts.layers.count)
    var rows = HeadRows()
    for (index, (completion, place)) in zip(completions, places).enumerated() {
      guard let completion, let place else { continue }
      rows.append(promptOutput, pass.firstScoredRow(index), predicts: completion[0])
      for (token, row) in zip(completion.dropFirst(), place) { rows.append(x, row, predicts: token) }
    }
    var scored = scoreRows(rows, withStatistics: withStatistics)[...]
    return completions.map { completion in
      guard let completion else { return nil }
      defer { scored = scored.dropFirst(completion.count) }
      return CompletionScore(scored.prefix(completion.count))
    }
  }
}
