/// The parts of the model that a plan calls for, in the order of computation.
struct ModelParts: Sendable {
  /// [vocabulary, hidden]
  let embedding: WeightPlace
  let layers: [Layer]
  let finalNorm: RMSNorm
  /// [vocabulary, hidden]; the embedding itself when tied.
  let head: WeightPlace
  let weights: WeightLayout

  /// Blocks that follow one another on the residual stream.
  struct Layer: Sendable {
    let blocks: [any LayerBlock]
    /// The input of each block.
    let inputs: [SavedPart]
    let saved: ActivationLayout
  }

  /// - Precondition: the plan has passed its check.
  init(_ plan: ModelPlan) {
    var weights = WeightLayout(names: plan.tensorNames)
    embedding = weights.matrix(.embedding, rows: plan.vocabularySize, columns: plan.hiddenSize)
    layers = (0..<plan.layerCount).map { layer in
      var saved = ActivationLayout()
      let attentionInput = saved.add(plan.hiddenSize)
      let attention = AttentionBlock(plan, layer: layer, weights: &weights, saved: &saved)
      let feedForwardInput = saved.add(plan.hiddenSize)
      let feedForward = GatedFeedForwardBlock(plan, layer: layer, weights: &weights, saved: &saved)
      return Layer(
        blocks: [attention, feedForward], inputs: [attentionInput, feedForwardInput], saved: saved)
    }
    finalNorm = RMSNorm(.finalNorm, width: plan.hiddenSize, plan, weights: &weights)
    head =
      plan.isHeadTied
      ? embedding : weights.matrix(.head, rows: plan.vocabularySize, columns: plan.hiddenSize)
    self.weights = weights
  }
}

extension ModelPlan {
  /// The frozen tensors, in the order in which they lie in memory.
  package var tensors: [ModelTensor] { ModelParts(self).weights.tensors }
}
