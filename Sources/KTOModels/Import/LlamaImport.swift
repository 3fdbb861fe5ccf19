internal import KTOCore
internal import KTOKernels
internal import KTOTokenizer

/// How a GGUF file of llama.cpp's `llama` architecture becomes a Hugging Face model: its configuration and where
/// each tensor goes. Mistral models carry the same architecture name; a sliding window tells them apart.
struct LlamaImport {
  /// A tensor of the output: where it comes from, and whether its rows are to be put back in order.
  struct Plan {
    var name: String
    var source: GGUFFile.Tensor
    /// Heads whose rows llama.cpp's converter interleaved; nil where the rows are as they were.
    var permutedHeads: Int?
  }

  let hiddenSize: Int
  let layerCount: Int
  let headCount: Int
  let keyValueHeadCount: Int
  let headSize: Int
  let intermediateSize: Int
  let contextLength: Int
  let normEpsilon: Double
  let ropeBase: Double
  let slidingWindow: Int?
  let vocabularySize: Int
  let isTied: Bool
  let hasAttentionBias: Bool
  let hasMLPBias: Bool
  let plans: [Plan]

  /// - Parameter tokenCount: entries of the vocabulary; the embedding has at least as many rows.
  init(metadata: GGUFMetadata, tensors: [GGUFFile.Tensor], tokenCount: Int) throws(ImportError) {
    let architecture = try metadata.string("general.architecture")
    guard architecture == "llama" else { throw .unsupportedArchitecture(architecture) }
    let sizes = 1...1 << 24
    hiddenSize = try metadata.int("llama.embedding_length", in: sizes)
    layerCount = try metadata.int("llama.block_count", in: 1...4096)
    headCount = try metadata.int("llama.attention.head_count", in: 1...4096)
    keyValueHeadCount = try metadata.int(
      "llama.attention.head_count_kv", in: 1...4096, default: headCount)
    intermediateSize = try metadata.int("llama.feed_forward_length", in: sizes)
    contextLength = try metadata.int("llama.context_length", in: 1...1 << 30)
    normEpsilon = try metadata.positive("llama.attention.layer_norm_rms_epsilon")
    ropeBase = try metadata.positive("llama.rope.freq_base", default: 10000)
    headSize = try metadata.int(
      "llama.attention.key_length", in: 2...1 << 16, default: hiddenSize / headCount)
    slidingWindow =
      metadata.contains("llama.attention.sliding_window")
      ? try metadata.int("llama.attention.sliding_window", in: 1...1 << 30) : nil
    guard headCount % keyValueHeadCount == 0 else {
      throw .invalidMetadata(key: "llama.attention.head_count_kv")
    }
    guard headSize >= 2, headSize % 2 == 0 else { throw .invalidMetadata(key: "llama.attention.key_length") }
    try Self.refuseUnsupported(metadata, headSize: headSize)

    let named = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    guard let embedding = named["token_embd.weight"] else { throw .missingTensor("token_embd.weight") }
    guard embedding.shape.count == 2, embedding.shape[0] >= tokenCount else {
      throw .wrongShape(
        tensor: embedding.name, expected: [tokenCount, hiddenSize], found: embedding.shape)
    }
    vocabularySize = embedding.shape[0]
    isTied = named["output.weight"] == nil
    hasAttentionBias = named["blk.0.attn_q.bias"] != nil
    hasMLPBias = named["blk.0.ffn_up.bias"] != nil
    plans = try Self.plans(
      named: named, layerCount: layerCount, vocabularySize: vocabularySize, hiddenSize: hiddenSize,
      intermediateSize: intermediateSize, headCount: headCount, keyValueHeadCount: keyValueHeadCount,
      headSize: headSize, isTied: isTied, hasAttentionBias: hasAttentionBias, hasMLPBias: hasMLPBias)
    if plans.count != tensors.count {
      let used = Set(plans.map { $0.source.name })
      if let extra = tensors.first(where: { !used.contains($0.name) }) { throw .unexpectedTensor(extra.name) }
    }
  }

  /// Features of the architecture that change what the model computes and that no llama configuration of ours says.
  private static func refuseUnsupported(_ metadata: GGUFMetadata, headSize: Int) throws(ImportError) {
    if try metadata.int("llama.expert_count", in: 0...1 << 20, default: 0) > 0 {
      throw .unsupportedFeature(key: "llama.expert_count")
    }
    if try metadata.optionalString("llama.rope.scaling.type") ?? "none" != "none" {
      throw .unsupportedFeature(key: "llama.rope.scaling.type")
    }
    let expected = ["llama.rope.dimension_count", "llama.attention.value_length"]
    for key in expected where try metadata.int(key, in: 0...1 << 20, default: headSize) != headSize {
      throw .unsupportedFeature(key: key)
    }
  }

  private static func plans(
    named: [String: GGUFFile.Tensor], layerCount: Int, vocabularySize: Int, hiddenSize: Int,
    intermediateSize: Int, headCount: Int, keyValueHeadCount: Int, headSize: Int, isTied: Bool,
    hasAttentionBias: Bool, hasMLPBias: Bool
  ) throws(ImportError) -> [Plan] {
    var plans: [Plan] = []
    func add(_ source: String, as name: String, _ shape: [Int], permutedHeads: Int? = nil) throws(ImportError)
    {
      guard let tensor = named[source] else { throw .missingTensor(source) }
      guard tensor.shape == shape else {
        throw .wrongShape(tensor: source, expected: shape, found: tensor.shape)
      }
      // Rows are moved one by one, so a row must not share a block with another.
      if permutedHeads != nil, shape.count == 1, tensor.format.elementsPerBlock != 1 {
        throw .unsupportedFeature(key: source)
      }
      plans.append(Plan(name: name, source: tensor, permutedHeads: permutedHeads))
    }
    let (queryRows, keyRows) = (headCount * headSize, keyValueHeadCount * headSize)
    try add("token_embd.weight", as: "model.embed_tokens.weight", [vocabularySize, hiddenSize])
    try add("output_norm.weight", as: "model.norm.weight", [hiddenSize])
    if !isTied { try add("output.weight", as: "lm_head.weight", [vocabularySize, hiddenSize]) }
    for layer in 0..<layerCount {
      let (from, to) = ("blk.\(layer).", "model.layers.\(layer).")
      try add(from + "attn_norm.weight", as: to + "input_layernorm.weight", [hiddenSize])
      try add(from + "ffn_norm.weight", as: to + "post_attention_layernorm.weight", [hiddenSize])
      let projections: [(String, String, rows: Int, columns: Int, heads: Int?, hasBias: Bool)] = [
        ("attn_q", "self_attn.q_proj", queryRows, hiddenSize, headCount, hasAttentionBias),
        ("attn_k", "self_attn.k_proj", keyRows, hiddenSize, keyValueHeadCount, hasAttentionBias),
        ("attn_v", "self_attn.v_proj", keyRows, hiddenSize, nil, hasAttentionBias),
        ("attn_output", "self_attn.o_proj", hiddenSize, queryRows, nil, hasAttentionBias),
        ("ffn_gate", "mlp.gate_proj", intermediateSize, hiddenSize, nil, hasMLPBias),
        ("ffn_up", "mlp.up_proj", intermediateSize, hiddenSize, nil, hasMLPBias),
        ("ffn_down", "mlp.down_proj", hiddenSize, intermediateSize, nil, hasMLPBias),
      ]
      for (source, name, rows, columns, heads, hasBias) in projections {
        try add(from + source + ".weight", as: to + name + ".weight", [rows, columns], permutedHeads: heads)
        if hasBias {
          try add(from + source + ".bias", as: to + name + ".bias", [rows], permutedHeads: heads)
        }
      }
    }
    return plans
  }

  /// The row of llama.cpp's order that is row `row` of Hugging Face's, whose rotary halves lie apart in each head.
  static func sourceRow(of row: Int, headSize: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    let (half, index) = place.quotientAndRemainder(dividingBy: headSize / 2)
    return head * headSize + 2 * index + half
  }

  /// config.json's members, sorted by key as Hugging Face writes them.
  func configuration(_ tokens: SpecialTokens) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("architectures", .items([.string(slidingWindow == nil ? "LlamaForCausalLM" : "MistralForCausalLM")])),
      ("attention_bias", .bool(hasAttentionBias)),
      ("attention_dropout", .double(0)),
      ("head_dim", .integer(headSize)),
      ("hidden_act", .string("silu")),
      ("hidden_size", .integer(hiddenSize)),
      ("initializer_range", .double(0.02)),
      ("intermediate_size", .integer(intermediateSize)),
      ("max_position_embeddings", .integer(contextLength)),
      ("mlp_bias", .bool(hasMLPBias)),
      ("model_type", .string(slidingWindow == nil ? "llama" : "mistral")),
      ("num_attention_heads", .integer(headCount)),
      ("num_hidden_layers", .integer(layerCount)),
      ("num_key_value_heads", .integer(keyValueHeadCount)),
      ("rms_norm_eps", .double(normEpsilon)),
      ("rope_scaling", .null),
      ("rope_theta", .double(ropeBase)),
      ("tie_word_embeddings", .bool(isTied)),
      ("torch_dtype", .string("bfloat16")),
      ("use_cache", .bool(true)),
      ("vocab_size", .integer(vocabularySize)),
    ]
    if let slidingWindow { members.append(("sliding_window", .integer(slidingWindow))) }
    for (role, id) in [("bos", tokens.bos), ("eos", tokens.eos), ("pad", tokens.pad)] {
      if let id { members.append((role + "_token_id", .integer(id))) }
    }
    return members.sorted { $0.key < $1.key }
  }
}
