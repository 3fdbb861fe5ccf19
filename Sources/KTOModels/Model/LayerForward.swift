internal import KTOKernels

/// What the backward pass of one layer needs of its forward pass. Without gradients it is scratch memory.
struct LayerActivations {
  /// [T, attentionWidth], rotated
  let queryKeyValue: Matrix
  /// [T, queryWidth]
  let attention: Matrix
  /// The residual stream between attention and feed-forward, [T, hidden]; may be the layer's input.
  let middle: Matrix
  /// [T, 2 · intermediate]
  let gateUp: Matrix
  /// [T, heads]; nil without gradients
  let logNormalizers: Matrix?
}

/// The adapter in force and, in training, the dropout on its inputs.
struct AppliedAdapter {
  let adapter: LoRAAdapter
  /// nil where nothing is dropped
  let dropoutSeed: UInt64?
}

extension CausalLM {
  /// Columns of queries, keys and values within ``LayerActivations/queryKeyValue``.
  var queryColumns: Range<Int> { 0..<architecture.queryWidth }
  var keyColumns: Range<Int> {
    architecture.queryWidth..<architecture.queryWidth + architecture.keyWidth
  }
  var valueColumns: Range<Int> { keyColumns.upperBound..<architecture.attentionWidth }
  var gateColumns: Range<Int> { 0..<architecture.intermediateSize }
  var upColumns: Range<Int> { architecture.intermediateSize..<2 * architecture.intermediateSize }

  /// One layer: x [T, hidden] → next [T, hidden], writing `saved` on the way.
  ///
  /// next may be saved.middle, which may be x.
  /// - Parameter cache: receives the rows' keys and values.
  func forward(
    layer: Int, _ x: Matrix, batch: TokenBatch, adapter: AppliedAdapter?, saved: LayerActivations,
    next: Matrix, cache: KeyValueCache? = nil
  ) {
    let w = weights.layers[layer]
    let epsilon = Float(architecture.normEpsilon)
    let normed = workspace.matrix(.normed, rows: x.rows, columns: architecture.hiddenSize)
    context.rmsNorm(x, weight: w.attentionNorm, epsilon: epsilon, into: normed)
    let qkv = saved.queryKeyValue
    context.multiply(normed, .normal, w.queryKeyValue, .transposed, into: qkv)
    apply(adapter, layer, .query, to: normed, addingTo: qkv.columns(queryColumns))
    apply(adapter, layer, .key, to: normed, addingTo: qkv.columns(keyColumns))
    apply(adapter, layer, .value, to: normed, addingTo: qkv.columns(valueColumns))

    let rotary = rotary((batch.positions.max() ?? 0) + 1)
    // Queries and keys lie side by side, so one call turns both.
    context.rotate(
      qkv.columns(0..<keyColumns.upperBound), headDimension: architecture.headDimension,
      positions: batch.positions, table: rotary)
    let (keys, values) = (qkv.columns(keyColumns), qkv.columns(valueColumns))
    cache?.store(layer: layer, keys: keys, values: values)
    context.attention(
      attentionShape, segments: batch.attentionSegments(layer: layer, keys: keys, values: values),
      q: qkv.columns(queryColumns), k: keys, v: values, into: saved.attention,
      logNormalizers: saved.logNormalizers, scratch: workspace.kernels)

    let middle = saved.middle
    if middle.storage !== x.storage || middle.offset != x.offset { middle.copy(from: x) }
    context.multiply(saved.attention, .normal, w.output, .transposed, into: middle, keep: 1)
    apply(adapter, layer, .output, to: saved.attention, addingTo: middle)

    context.rmsNorm(middle, weight: w.feedForwardNorm, epsilon: epsilon, into: normed)
    context.multiply(normed, .normal, w.gateUp, .transposed, into: saved.gateUp)
    apply(adapter, layer, .gate, to: normed, addingTo: saved.gateUp.columns(gateColumns))
    apply(adapter, layer, .up, to: normed, addingTo: saved.gateUp.columns(upColumns))
    let activated = workspace.matrix(.activated, rows: x.rows, columns: architecture.intermediateSize)
    context.swiGLU(saved.gateUp, into: activated)
    if next.storage !== middle.storage || next.offset != middle.offset { next.copy(from: middle) }
    context.multiply(activated, .normal, w.down, .transposed, into: next, keep: 1)
    apply(adapter, layer, .down, to: activated, addingTo: next)
  }

  /// All layers without keeping anything: the residual stream after the last one, in the workspace.
  func forwardWithoutGradient(
    _ batch: TokenBatch, adapter: LoRAAdapter?, cache: KeyValueCache? = nil
  ) -> Matrix {
    let (c, rows) = (architecture, batch.rowCount)
    let x = workspace.matrix(.residual, rows: rows, columns: c.hiddenSize)
    let scratch = scratchActivations(rows: rows, middle: x, withNormalizers: false)
    embed(batch.tokens, into: x)
    let applied = adapter.map { AppliedAdapter(adapter: $0, dropoutSeed: nil) }
    for layer in 0..<c.layerCount {
      forward(layer: layer, x, batch: batch, adapter: applied, saved: scratch, next: x, cache: cache)
    }
    return x
  }

  /// Activations in the workspace, for a layer whose own are not kept.
  func scratchActivations(rows: Int, middle: Matrix, withNormalizers: Bool) -> LayerActivations {
    let c = architecture
    return LayerActivations(
      queryKeyValue: workspace.matrix(.queryKeyValue, rows: rows, columns: c.attentionWidth),
      attention: workspace.matrix(.attention, rows: rows, columns: c.queryWidth), middle: middle,
      gateUp: workspace.matrix(.gateUp, rows: rows, columns: 2 * c.intermediateSize),
      logNormalizers: withNormalizers
        ? workspace.matrix(.logNormalizers, rows: rows, columns: c.headCount) : nil)
  }
}
