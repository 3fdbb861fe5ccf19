internal import KTOCore

/// The sizes and constants in a GGUF file's metadata.
struct GGUFSizes {
  let hiddenSize: Int
  let layerCount: Int
  let headCount: Int
  let keyHeadCount: Int
  let headSize: Int
  let intermediateSize: Int
  let contextLength: Int
  let normEpsilon: Double
  let ropeBase: Double
  /// Where a position is divided by a number before it becomes an angle.
  let ropeFactor: Double?
  /// Numbers of a head that are rotated.
  let rotaryDimension: Int
  let slidingWindow: Int?

  init(_ metadata: GGUFMetadata, _ form: GGUFForm) throws(ImportError) {
    let name = form.name
    let sizes = 1...1 << 24
    hiddenSize = try metadata.int("\(name).embedding_length", in: sizes)
    layerCount = try metadata.int("\(name).block_count", in: 1...4096)
    headCount = try metadata.int("\(name).attention.head_count", in: 1...4096)
    keyHeadCount = try metadata.int("\(name).attention.head_count_kv", in: 1...4096, default: headCount)
    intermediateSize = try metadata.int("\(name).feed_forward_length", in: sizes)
    contextLength = try metadata.int("\(name).context_length", in: 1...1 << 30)
    normEpsilon = try metadata.positive("\(name).attention.layer_norm_rms_epsilon")
    ropeBase = try metadata.positive("\(name).rope.freq_base", default: 10000)
    headSize = try metadata.int(
      "\(name).attention.key_length", in: 2...1 << 16, default: hiddenSize / headCount)
    let windowKey = "\(name).attention.sliding_window"
    let least = form.window == .presentOrZero ? 0 : 1
    let window = metadata.contains(windowKey) ? try metadata.int(windowKey, in: least...1 << 30) : 0
    slidingWindow = window == 0 ? nil : window
    let scaling = try metadata.optionalString("\(name).rope.scaling.type") ?? "none"
    switch scaling {
    case "none": ropeFactor = nil
    case "linear": ropeFactor = try metadata.positive("\(name).rope.scaling.factor")
    default: throw .unsupportedFeature(key: "\(name).rope.scaling.type")
    }
    rotaryDimension = try metadata.int(
      "\(name).rope.dimension_count", in: 0...1 << 20, default: headSize)
    guard headCount % keyHeadCount == 0 else {
      throw .invalidMetadata(key: "\(name).attention.head_count_kv")
    }
    guard headSize >= 2, headSize % 2 == 0 else {
      throw .invalidMetadata(key: "\(name).attention.key_length")
    }
    try refuseUnsupported(metadata, form)
  }

  /// Features that change what the model computes and that no configuration of ours says.
  private func refuseUnsupported(_ metadata: GGUFMetadata, _ form: GGUFForm) throws(ImportError) {
    let name = form.name
    if try metadata.int("\(name).expert_count", in: 0...1 << 20, default: 0) > 0 {
      throw .unsupportedFeature(key: "\(name).expert_count")
    }
    if rotaryDimension != headSize, !form.rotatesParts {
      throw .unsupportedFeature(key: "\(name).rope.dimension_count")
    }
    let valueKey = "\(name).attention.value_length"
    if try metadata.int(valueKey, in: 0...1 << 20, default: headSize) != headSize {
      throw .unsupportedFeature(key: valueKey)
    }
  }

  /// Their members of config.json.
  var configuration: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("attention_dropout", .double(0)),
      ("head_dim", .integer(headSize)),
      ("hidden_act", .string("silu")),
      ("hidden_size", .integer(hiddenSize)),
      ("initializer_range", .double(0.02)),
      ("intermediate_size", .integer(intermediateSize)),
      ("max_position_embeddings", .integer(contextLength)),
      ("num_attention_heads", .integer(headCount)),
      ("num_hidden_layers", .integer(layerCount)),
      ("num_key_value_heads", .integer(keyHeadCount)),
      ("rms_norm_eps", .double(normEpsilon)),
      (
        "rope_scaling",
        ropeFactor.map { .members(["factor": .double($0), "rope_type": .string("linear")]) } ?? .null
      ),
      ("rope_theta", .double(ropeBase)),
      ("torch_dtype", .string("bfloat16")),
      ("use_cache", .bool(true)),
    ]
    if let slidingWindow { members.append(("sliding_window", .integer(slidingWindow))) }
    return members
  }
}
