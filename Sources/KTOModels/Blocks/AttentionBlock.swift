internal import KTOKernels

/// Norm, grouped-query attention with rotary positions, and its output: x + W_o attention(norm x).
///
/// Options of the plan: a window, biases of queries, keys and values, a norm of each query's and key's head.
struct AttentionBlock: LayerBlock {
  let modules: [LoRAModule] = [.query, .key, .value, .output]

  private let shape: AttentionShape
  private let hiddenSize: Int

  // Columns of `savedQueryKeyValue`.
  private let queries: Range<Int>
  private let keys: Range<Int>
  private let values: Range<Int>
  /// Queries and keys lie side by side, so that one call turns both.
  private var queriesAndKeys: Range<Int> { 0..<keys.upperBound }

  private let norm: RMSNorm
  /// Queries, keys and values below one another: [attentionWidth, hidden].
  private let queryKeyValue: WeightPlace
  /// [1, attentionWidth]
  private let bias: WeightPlace?
  private let headNorms: (query: RMSNorm, key: RMSNorm)?
  /// [hidden, queryWidth]
  private let output: WeightPlace

  /// [T, attentionWidth], rotated
  private let savedQueryKeyValue: SavedPart
  /// Queries and keys before their norm
  private let savedUnnormed: SavedPart?
  /// [T, queryWidth]
  private let savedAttention: SavedPart
  /// [T, heads]
  private let savedNormalizers: SavedPart

  init(_ plan: ModelPlan, layer: Int, weights: inout WeightLayout, saved: inout ActivationLayout) {
    shape = AttentionShape(
      heads: plan.headCount, keyHeads: plan.keyHeadCount, headDimension: plan.headDimension,
      window: plan.slidingWindow)
    hiddenSize = plan.hiddenSize
    queries = 0..<plan.queryWidth
    keys = queries.upperBound..<queries.upperBound + plan.keyWidth
    values = keys.upperBound..<plan.attentionWidth

    norm = RMSNorm(.attentionNorm, layer: layer, width: plan.hiddenSize, plan, weights: &weights)
    let projections: [(TensorRole, rows: Int)] = [
      (.query, queries.count), (.key, keys.count), (.value, values.count),
    ]
    queryKeyValue = .stacked(
      projections.map { weights.matrix($0.0, layer: layer, rows: $0.rows, columns: plan.hiddenSize) })
    bias =
      plan.hasQueryKeyValueBias
      ? .chained(projections.map { weights.vector($0.0, layer: layer, count: $0.rows, isBias: true) }) : nil
    headNorms =
      plan.hasQueryKeyNorm
      ? (
        RMSNorm(.queryNorm, layer: layer, width: plan.headDimension, plan, weights: &weights),
        RMSNorm(.keyNorm, layer: layer, width: plan.headDimension, plan, weights: &weights)
      ) : nil
    output = weights.matrix(.output, layer: layer, rows: plan.hiddenSize, columns: plan.queryWidth)

    savedQueryKeyValue = saved.add(plan.attentionWidth)
    savedUnnormed = plan.hasQueryKeyNorm ? saved.add(keys.upperBound) : nil
    savedAttention = saved.add(plan.queryWidth)
    savedNormalizers = saved.add(plan.headCount)
  }

  func forward(_ x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass) {
    let (context, weights) = (pass.context, pass.weights)
    let normed = pass.scratch(.normed, columns: hiddenSize)
    norm.forward(x, into: normed, weights, context)
    let qkv = saved[savedQueryKeyValue]
    if let bias {
      let row = weights[bias]
      for index in 0..<qkv.rows { qkv.rows(index..<index + 1).copy(from: row) }
    }
    context.multiply(
      normed, .normal, weights[queryKeyValue], .transposed, into: qkv, keep: bias == nil ? 0 : 1)
    let (q, k, v) = (qkv.columns(queries), qkv.columns(keys), qkv.columns(values))
    pass.apply(.query, to: normed, addingTo: q)
    pass.apply(.key, to: normed, addingTo: k)
    pass.apply(.value, to: normed, addingTo: v)
    if let headNorms {
      if let savedUnnormed { saved.forBackward(savedUnnormed)?.copy(from: qkv.columns(queriesAndKeys)) }
      headNorms.query.forwardByHead(q, pass)
      headNorms.key.forwardByHead(k, pass)
    }
    context.rotate(
      qkv.columns(queriesAndKeys), headDimension: shape.headDimension, positions: pass.batch.positions,
      table: pass.rotary)
    pass.cache?.store(layer: pass.layer, keys: k, values: v)
    let attention = saved[savedAttention]
    context.attention(
      shape, segments: pass.batch.attentionSegments(layer: pass.layer, keys: k, values: v), q: q, k: k, v: v,
      into: attention, logNormalizers: saved.forBackward(savedNormalizers), scratch: pass.workspace.kernels)

    output.copyUnlessSame(as: x)
    context.multiply(attention, .normal, weights[self.output], .transposed, into: output, keep: 1)
    pass.apply(.output, to: attention, addingTo: output)
  }

  func backward(
    _ x: Matrix, dx: Matrix, isLowest: Bool, saved: LayerMemory, pass: LayerPass, into gradients: ParameterSet
  ) {
    let (context, weights) = (pass.context, pass.weights)
    let attention = saved[savedAttention]
    let dAttention = pass.scratch(.attentionGradient, columns: attention.columns)
    context.multiply(dx, .normal, weights[output], .normal, into: dAttention)
    pass.applyBackward(.output, x: attention, dy: dx, into: gradients, addingTo: dAttention)
    if isLowest && !pass.adapts(.query, .key, .value) { return }

    let qkv = saved[savedQueryKeyValue]
    let dQKV = pass.scratch(.queryKeyValueGradient, columns: qkv.columns)
    context.attentionBackward(
      shape,
      segments: pass.batch.attentionSegments(
        layer: pass.layer, keys: qkv.columns(keys), values: qkv.columns(values)),
      q: qkv.columns(queries), k: qkv.columns(keys), v: qkv.columns(values), out: attention,
      logNormalizers: saved[savedNormalizers], dOut: dAttention,
      dq: dQKV.columns(queries), dk: dQKV.columns(keys), dv: dQKV.columns(values),
      scratch: pass.workspace.kernels)
    context.rotate(
      dQKV.columns(queriesAndKeys), headDimension: shape.headDimension, positions: pass.batch.positions,
      table: pass.rotary, isInverse: true)
    if let headNorms, let savedUnnormed {
      let unnormed = saved[savedUnnormed]
      let dUnnormed = pass.scratch(.unnormedGradient, columns: unnormed.columns)
      dUnnormed.fill(0)
      for (norm, columns) in [(headNorms.query, queries), (headNorms.key, keys)] {
        norm.backwardByHead(
          unnormed.columns(columns), dy: dQKV.columns(columns), addingTo: dUnnormed.columns(columns), pass)
      }
      dQKV.columns(queriesAndKeys).copy(from: dUnnormed)
    }
    let dNormed = pass.scratch(.normedGradient, columns: hiddenSize)
    if !isLowest { context.multiply(dQKV, .normal, weights[queryKeyValue], .normal, into: dNormed) }
    if pass.adapts(.query, .key, .value) {
      let normed = pass.scratch(.normed, columns: hiddenSize)
      norm.forward(x, into: normed, weights, context)
      for (module, columns) in [(LoRAModule.query, queries), (.key, keys), (.value, values)] {
        pass.applyBackward(
          module, x: normed, dy: dQKV.columns(columns), into: gradients, addingTo: isLowest ? nil : dNormed)
      }
    }
    if !isLowest { norm.backward(x, dy: dNormed, addingTo: dx, weights, context) }
  }

  func keysAndValues(_ saved: LayerMemory) -> (keys: Matrix, values: Matrix)? {
    (saved[savedQueryKeyValue].columns(keys), saved[savedQueryKeyValue].columns(values))
  }
}
