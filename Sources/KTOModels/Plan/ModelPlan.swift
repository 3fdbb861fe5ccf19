package import KTOKernels

/// What a model computes: its sizes, the options of its blocks and the names of its tensors.
///
/// An ``Architecture`` makes it from a `config.json`. Everything else follows from it (``ModelParts``): the weights and
/// where they lie, saved activations, adapter targets, counts of parameters and bytes, and the tensors of a GGUF file.
package struct ModelPlan: Sendable, Equatable {
  package var modelType = "llama"
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var keyHeadCount: Int
  package var headDimension: Int
  package var intermediateSize: Int
  package var vocabularySize: Int
  package var maximumPositions: Int = 2048
  package var normEpsilon: Double = 1e-5
  package var rotaryBase: Double = 10_000
  package var rotaryScaling = RotaryScaling.none
  /// Numbers of each head that are rotated, from its first on; nil: all.
  package var rotaryDimension: Int?
  /// The base in layers with a window, without any scaling; nil: as in the others.
  package var windowedRotaryBase: Double?
  /// Layers whose queries and keys are not rotated at all.
  package var unrotatedLayers: Set<Int> = []
  /// A query sees itself and the `slidingWindow` − 1 keys before it; nil: all keys before it.
  package var slidingWindow: Int?
  /// The layers that have the window; nil: all.
  package var windowedLayers: Set<Int>?
  /// What scores are multiplied by; nil: 1/√d.
  package var attentionScale: Double?
  /// Scores s become cap · tanh(s / cap) before the softmax.
  package var attentionSoftCap: Double?
  /// Queries, keys and values are one linear layer with one weight.
  package var hasFusedQueryKeyValue = false
  /// Queries, keys and values have a bias each.
  package var hasQueryKeyValueBias = false
  /// The linear layer after attention has a bias.
  package var hasOutputBias = false
  /// How queries and keys are normed before they are rotated.
  package var queryKeyNorm = QueryKeyNorm.none
  package var activation = GateActivation.silu
  /// Gate and up are one linear layer with one weight.
  package var hasFusedGateUp = false
  /// Gate, up and down have a bias each.
  package var hasFeedForwardBias = false
  /// Which ends of a block have a norm.
  package var normPlacement = NormPlacement.before
  /// What is added to the weights of norms as they lie in files.
  package var normWeightOffset: Float = 0
  /// What the embeddings are multiplied by on their way into the first layer.
  package var embeddingScale: Double = 1
  /// What a block's result is multiplied by before it joins the residual stream.
  package var residualScale: Double = 1
  /// What the logits are multiplied by.
  package var logitScale: Double = 1
  /// Logits z become cap · tanh(z / cap).
  package var logitSoftCap: Double?
  /// The embedding is the head as well.
  package var isHeadTied = false
  /// Token ids that end a text.
  package var endTokens: [UInt32] = []
  package var tensorNames = TensorNames()

  package init(
    hiddenSize: Int, layerCount: Int, headCount: Int, keyHeadCount: Int, headDimension: Int? = nil,
    intermediateSize: Int, vocabularySize: Int
  ) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyHeadCount = keyHeadCount
    self.headDimension = headDimension ?? hiddenSize / Swift.max(headCount, 1)
    self.intermediateSize = intermediateSize
    self.vocabularySize = vocabularySize
  }

  /// Which queries and keys share a norm.
  package enum QueryKeyNorm: Sendable {
    case none
    /// Each head is normed by itself, with one weight for all heads.
    case eachHead
    /// All heads of a token are normed together.
    case allHeads
  }

  /// Where the norms of a block are.
  package enum NormPlacement: Sendable {
    /// x + f(norm x)
    case before
    /// x + norm f(x)
    case after
    /// x + norm f(norm x)
    case both

    var isBefore: Bool { self != .after }
    var isAfter: Bool { self != .before }
  }

  /// A layer's window; nil: its queries see all keys before them.
  package func window(ofLayer layer: Int) -> Int? {
    windowedLayers?.contains(layer) ?? true ? slidingWindow : nil
  }

  /// Width of all query heads together.
  package var queryWidth: Int { headCount * headDimension }
  /// Width of all key heads together.
  package var keyWidth: Int { keyHeadCount * headDimension }
  /// Width of queries, keys and values together.
  package var attentionWidth: Int { queryWidth + 2 * keyWidth }

  /// Floats of all weights. Cannot overflow once ``check()`` has passed.
  package var parameterCount: Int { ModelParts(self).weights.count }

  /// Refuses sizes that cannot be, before anything is allocated by them.
  package func check() throws(ModelError) {
    func range(_ key: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(ModelError) {
      guard allowed.contains(value) else {
        throw .outOfRange(key: key, value: "\(value)", allowed: "\(allowed.lowerBound)…\(allowed.upperBound)")
      }
    }
    try range("hidden_size", hiddenSize, 1...(1 << 16))
    try range("num_hidden_layers", layerCount, 1...1024)
    try range("num_attention_heads", headCount, 1...1024)
    try range("num_key_value_heads", keyHeadCount, 1...headCount)
    try range("head_dim", headDimension, 2...1024)
    try range("intermediate_size", intermediateSize, 1...(1 << 18))
    try range("vocab_size", vocabularySize, 1...(1 << 22))
    try range("max_position_embeddings", maximumPositions, 1...(1 << 24))
    if let slidingWindow { try range("sliding_window", slidingWindow, 1...(1 << 24)) }
    guard headDimension % 2 == 0 || rotaryDimension != nil else {
      throw .outOfRange(key: "head_dim", value: "\(headDimension)", allowed: "an even number")
    }
    guard headCount % keyHeadCount == 0 else {
      throw .outOfRange(
        key: "num_key_value_heads", value: "\(keyHeadCount)", allowed: "a divisor of num_attention_heads")
    }
    guard normEpsilon > 0, normEpsilon < 1 else {
      throw .outOfRange(key: "rms_norm_eps", value: "\(normEpsilon)", allowed: "above 0, below 1")
    }
    for (key, value) in [
      ("attention_multiplier", attentionScale), ("attn_logit_softcapping", attentionSoftCap),
      ("embedding_multiplier", embeddingScale), ("residual_multiplier", residualScale),
      ("logits_scaling", logitScale), ("final_logit_softcapping", logitSoftCap),
    ] {
      guard let value, !(value > 0 && Float(value).isFinite && Float(value) > 0) else { continue }
      throw .outOfRange(key: key, value: "\(value)", allowed: "a number above 0")
    }
    try checkRotary()
  }
}
