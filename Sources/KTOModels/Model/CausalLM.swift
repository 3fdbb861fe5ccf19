package import KTOKernels

/// A Llama or Mistral language model with frozen float32 weights.
///
/// It is a class because it owns the weights and the memory for intermediate results, which calls reuse; one
/// call at a time. Its results depend on its inputs alone.
package final class CausalLM {
  package let architecture: ModelArchitecture
  package let context: ComputeContext
  let weights: FrozenWeights
  let workspace = Workspace()
  let pool = StoragePool()
  let attentionShape: AttentionShape
  private var rotaryTable: RotaryTable?

  /// Reads the weights after checking that each has the shape the architecture calls for.
  /// - Parameter byteLimit: what the weights may take in memory; nil for no limit.
  /// - Throws: `ModelError`, and what the source throws.
  package init(
    _ architecture: ModelArchitecture, weights source: some WeightSource, context: ComputeContext,
    byteLimit: Int? = nil
  ) throws {
    self.architecture = architecture
    self.context = context
    weights = try FrozenWeights(architecture, from: source, byteLimit: byteLimit)
    attentionShape = AttentionShape(
      heads: architecture.headCount, keyHeads: architecture.keyHeadCount,
      headDimension: architecture.headDimension, window: architecture.slidingWindow)
  }

  /// Bytes of frozen weights.
  package var weightByteCount: Int { architecture.parameterCount * MemoryLayout<Float>.stride }

  /// Bytes that a training pass keeps for its backward pass.
  package func activationByteCount(tokenCount: Int, isCheckpointed: Bool) -> Int {
    let plan = SavedActivations.Plan(architecture, rows: tokenCount, isCheckpointed: isCheckpointed)
    return plan.count * MemoryLayout<Float>.stride
  }

  /// Angles for positions below `count`.
  func rotary(_ count: Int) -> RotaryTable {
    if let table = rotaryTable, table.positionCount >= count { return table }
    var capacity = 512
    while capacity < count { capacity *= 2 }
    let table = RotaryTable(inverseFrequencies: architecture.inverseFrequencies, positionCount: capacity)
    rotaryTable = table
    return table
  }

  /// Refuses tokens that are not in the vocabulary and sequences longer than the model's positions.
  func check(_ prompt: [UInt32], _ completion: [UInt32]) throws(ModelError) {
    guard !prompt.isEmpty else { throw .emptyPrompt }
    guard !completion.isEmpty else { throw .emptyCompletion }
    let count = prompt.count + completion.count
    guard count <= architecture.maximumPositions else {
      throw .sequenceTooLong(tokenCount: count, limit: architecture.maximumPositions)
    }
    let size = architecture.vocabularySize
    if let token = prompt.first(where: { $0 >= size }) ?? completion.first(where: { $0 >= size }) {
      throw .tokenOutOfRange(token: token, vocabularySize: size)
    }
  }

  /// Refuses an adapter made for another model.
  func check(_ adapter: LoRAAdapter?) throws(ModelError) {
    if let adapter, !adapter.fits(architecture) { throw .adapterMismatch }
  }

  /// Copies the tokens' embeddings: [T, hidden].
  func embed(_ tokens: [Int], into x: Matrix) {
    for (row, token) in tokens.enumerated() {
      x.rows(row..<row + 1).copy(from: weights.embedding.rows(token..<token + 1))
    }
  }
}
