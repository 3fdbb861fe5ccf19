internal import KTOKernels

/// Where a model's tensors come from: a safetensors file, a test.
package protocol WeightSource {
  /// The sizes of a tensor, outermost first; nil if there is none of that name.
  func shape(of name: String) -> [Int]?
  /// Fills `buffer`, whose count is the product of the shape, with the tensor's values row by row.
  func read(_ name: String, into buffer: UnsafeMutableBufferPointer<Float>) throws
}

/// The frozen weights of one layer. Matrices are [out, in].
struct LayerWeights {
  /// [1, hidden]
  let attentionNorm: Matrix
  /// Queries, keys and values below one another: [attentionWidth, hidden].
  let queryKeyValue: Matrix
  /// [hidden, queryWidth]
  let output: Matrix
  /// [1, hidden]
  let feedForwardNorm: Matrix
  /// Gate and up below one another: [2 · intermediate, hidden].
  let gateUp: Matrix
  /// [hidden, intermediate]
  let down: Matrix
}

/// All frozen weights, float32, in one block of memory.
struct FrozenWeights {
  /// [vocabulary, hidden]
  let embedding: Matrix
  let layers: [LayerWeights]
  /// [1, hidden]
  let finalNorm: Matrix
  /// [vocabulary, hidden]; the embedding itself when tied.
  let head: Matrix

  /// Checks every tensor's shape against the architecture, then allocates and reads.
  /// - Parameter byteLimit: what the weights may take; nil for no limit but memory.
  /// - Throws: `ModelError`, and what the source throws.
  init(_ architecture: ModelArchitecture, from source: some WeightSource, byteLimit: Int?) throws {
    try architecture.check()
    let byteCount = architecture.parameterCount * MemoryLayout<Float>.stride
    if let byteLimit, byteCount > byteLimit {
      throw ModelError.tooLarge(byteCount: byteCount, limit: byteLimit)
    }
    let plan = WeightPlan(architecture)
    for tensor in plan.tensors {
      guard let found = source.shape(of: tensor.name) else { throw ModelError.missingTensor(tensor.name) }
      guard found == tensor.shape else {
        throw ModelError.tensorShape(name: tensor.name, expected: tensor.shape, found: found)
      }
    }
    let storage = FloatStorage(count: plan.count, isZeroed: false)
    for tensor in plan.tensors {
      let count = tensor.shape.reduce(1, *)
      try unsafe Matrix(storage, offset: tensor.offset, rows: 1, columns: count)
        .withUnsafeMutableFloats { try unsafe source.read(tensor.name, into: $0) }
    }
    var offset = 0
    func take(_ rows: Int, _ columns: Int) -> Matrix {
      defer { offset += rows * columns }
      return Matrix(storage, offset: offset, rows: rows, columns: columns)
    }
    let c = architecture
    embedding = take(c.vocabularySize, c.hiddenSize)
    layers = (0..<c.layerCount).map { _ in
      LayerWeights(
        attentionNorm: take(1, c.hiddenSize), queryKeyValue: take(c.attentionWidth, c.hiddenSize),
        output: take(c.hiddenSize, c.queryWidth), feedForwardNorm: take(1, c.hiddenSize),
        gateUp: take(2 * c.intermediateSize, c.hiddenSize), down: take(c.hiddenSize, c.intermediateSize))
    }
    finalNorm = take(1, c.hiddenSize)
    head = c.isHeadTied ? embedding : take(c.vocabularySize, c.hiddenSize)
  }
}

/// The tensors of a model in the order in which they lie in memory.
private struct WeightPlan {
  struct Tensor {
    let name: String
    let shape: [Int]
    let offset: Int
  }
  private(set) var tensors: [Tensor] = []
  private(set) var count = 0

  init(_ c: ModelArchitecture) {
    add("model.embed_tokens.weight", [c.vocabularySize, c.hiddenSize])
    for layer in 0..<c.layerCount {
      let prefix = "model.layers.\(layer)."
      add(prefix + "input_layernorm.weight", [c.hiddenSize])
      add(prefix + "self_attn.q_proj.weight", [c.queryWidth, c.hiddenSize])
      add(prefix + "self_attn.k_proj.weight", [c.keyWidth, c.hiddenSize])
      add(prefix + "self_attn.v_proj.weight", [c.keyWidth, c.hiddenSize])
      add(prefix + "self_attn.o_proj.weight", [c.hiddenSize, c.queryWidth])
      add(prefix + "post_attention_layernorm.weight", [c.hiddenSize])
      add(prefix + "mlp.gate_proj.weight", [c.intermediateSize, c.hiddenSize])
      add(prefix + "mlp.up_proj.weight", [c.intermediateSize, c.hiddenSize])
      add(prefix + "mlp.down_proj.weight", [c.hiddenSize, c.intermediateSize])
    }
    add("model.norm.weight", [c.hiddenSize])
    if !c.isHeadTied { add("lm_head.weight", [c.vocabularySize, c.hiddenSize]) }
  }

  private mutating func add(_ name: String, _ shape: [Int]) {
    tensors.append(Tensor(name: name, shape: shape, offset: count))
    count += shape.reduce(1, *)
  }
}
