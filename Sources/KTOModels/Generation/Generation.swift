package import KTOCore
internal import KTOKernels

/// Tokens that a model went on with, and why it stopped.
package struct GeneratedText: Sendable, Equatable {
  package enum StopReason: Sendable, Equatable {
    /// It gave one of the end tokens, which is not among ``tokens``.
    case endToken(UInt32)
    /// It reached the number of tokens asked for.
    case tokenLimit
    /// It reached the model's number of positions.
    case positionLimit
    /// The caller asked it to stop.
    case cancelled
  }

  package var tokens: [UInt32]
  package var stopReason: StopReason
}

extension CausalLM {
  /// Prompt tokens taken in one pass.
  private static let prefillTokens = 512

  /// Goes on from a prompt token by token, keeping the keys and values of what came before.
  ///
  /// - Parameters:
  ///   - endTokens: tokens that stop it; nil takes the plan's.
  ///   - onToken: hears every token as it comes; false stops.
  /// - Throws: `ModelError` for a prompt the model does not take.
  package func generate(
    prompt: [UInt32], adapter: LoRAAdapter?, maximumTokens: Int, endTokens: [UInt32]? = nil,
    sampler: TokenSampler = .greedy, using generator: inout SeededGenerator,
    onToken: (UInt32) -> Bool = { _ in true }
  ) throws(ModelError) -> GeneratedText {
    try check(adapter)
    try check(prompt, [0])
    let ends = Set(endTokens ?? plan.endTokens)
    let limit = Swift.min(maximumTokens, plan.maximumPositions - prompt.count)
    var result = GeneratedText(tokens: [], stopReason: limit < maximumTokens ? .positionLimit : .tokenLimit)
    guard limit > 0 else { return result }

    let cache = KeyValueCache(plan, capacity: prompt.count + limit)
    var logits: [Float] = []
    for start in stride(from: 0, to: prompt.count, by: Self.prefillTokens) {
      let end = Swift.min(start + Self.prefillTokens, prompt.count)
      logits = advance(prompt[start..<end], cache, adapter, needsLogits: end == prompt.count)
    }
    while result.tokens.count < limit {
      let token = UInt32(sampler.choose(logits, using: &generator))
      if ends.contains(token) {
        result.stopReason = .endToken(token)
        return result
      }
      result.tokens.append(token)
      guard onToken(token) else {
        result.stopReason = .cancelled
        return result
      }
      if result.tokens.count < limit { logits = advance([token], cache, adapter, needsLogits: true) }
    }
    return result
  }

  /// Takes in tokens; the logits after the last of them.
  private func advance(
    _ tokens: ArraySlice<UInt32>, _ cache: KeyValueCache, _ adapter: LoRAAdapter?, needsLogits: Bool
  ) -> [Float] {
    var batch = TokenBatch()
    batch.append(tokens, position: cache.count, prefix: cache.count == 0 ? .none : .past(cache.past))
    let x = forwardWithoutGradient(batch, adapter: adapter, cache: cache)
    cache.advance(by: tokens.count)
    guard needsLogits else { return [] }
    let normed = workspace.matrix(.headNormed, rows: 1, columns: plan.hiddenSize)
    finalNorm(x.rows(x.rows - 1..<x.rows), into: normed)
    let logits = Matrix(rows: 1, columns: plan.vocabularySize, isZeroed: false)
    head(normed, into: logits)
    return logits.array
  }
}
