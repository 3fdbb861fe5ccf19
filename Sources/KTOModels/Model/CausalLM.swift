package import KTOKernels

/// A causal language model with frozen float32 weights.
///
/// It is a class because it owns the weights and the memory for intermediate results, which calls reuse; one
/// call at a time. Its results depend on its inputs alone.
package final class CausalLM {
  package let plan: ModelPlan
  package let context: ComputeContext
  let parts: ModelParts
  let weights: FrozenWeights
  let workspace = Workspace()
  let pool = StoragePool()
  private let adapterTargets: AdapterTargets
  private var rotaryTables: RotaryTables?

  /// Reads the weights after checking that each has the shape the plan calls for.
  /// - Parameter byteLimit: what the weights may take in memory; nil for no limit.
  /// - Throws: `ModelError`, and what the source throws.
  package init(
    _ plan: ModelPlan, weights source: some WeightSource, context: ComputeContext, byteLimit: Int? = nil
  ) throws {
    try plan.check()
    self.plan = plan
    self.context = context
    parts = ModelParts(plan)
    weights = try FrozenWeights(parts.weights, from: source, byteLimit: byteLimit)
    adapterTargets = AdapterTargets(parts)
  }

  /// Bytes of frozen weights.
  package var weightByteCount: Int { parts.weights.count * MemoryLayout<Float>.stride }

  /// Bytes that a training pass keeps for its backward pass.
  package func activationByteCount(tokenCount: Int, isCheckpointed: Bool) -> Int {
    let plan = SavedActivations.Plan(parts, rows: tokenCount, isCheckpointed: isCheckpointed)
    return plan.count * MemoryLayout<Float>.stride
  }

  /// What the blocks compute a batch with.
  func layerPass(
    _ batch: TokenBatch, adapter: AppliedAdapter?, cache: KeyValueCache? = nil
  ) -> LayerPass {
    LayerPass(
      context: context, workspace: workspace, weights: weights, adapter: adapter, batch: batch,
      rotary: rotary((batch.positions.max() ?? 0) + 1), cache: cache)
  }

  /// Angles for positions below `count`.
  private func rotary(_ count: Int) -> RotaryTables {
    if let tables = rotaryTables, tables.positionCount >= count { return tables }
    var capacity = 512
    while capacity < count { capacity *= 2 }
    let tables = RotaryTables(plan, positionCount: capacity)
    rotaryTables = tables
    return tables
  }

  /// Refuses tokens that are not in the vocabulary and sequences longer than the model's positions.
  func check(_ prompt: [UInt32], _ completion: [UInt32]) throws(ModelError) {
    guard !prompt.isEmpty else { throw .emptyPrompt }
    guard !completion.isEmpty else { throw .emptyCompletion }
    let count = prompt.count + completion.count
    guard count <= plan.maximumPositions else {
      throw .sequenceTooLong(tokenCount: count, limit: plan.maximumPositions)
    }
    let size = plan.vocabularySize
    if let token = prompt.first(where: { $0 >= size }) ?? completion.first(where: { $0 >= size }) {
      throw .tokenOutOfRange(token: token, vocabularySize: size)
    }
  }

  /// Refuses an adapter made for another model.
  func check(_ adapter: LoRAAdapter?) throws(ModelError) {
    if let adapter, !adapter.fits(adapterTargets) { throw .adapterMismatch }
  }

  /// The tokens' embeddings, times the plan's scale: [T, hidden].
  func embed(_ tokens: [Int], into x: Matrix) {
    let embedding = weights[parts.embedding]
    for (row, token) in tokens.enumerated() {
      x.rows(row..<row + 1).copy(from: embedding.rows(token..<token + 1))
    }
    if plan.embeddingScale != 1 { context.scale(x, by: Float(plan.embeddingScale)) }
  }
}
