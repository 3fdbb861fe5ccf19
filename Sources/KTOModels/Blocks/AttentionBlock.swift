internal import KTOKernels

/// Norm, grouped-query attention with rotary positions, and its output: x + W_o attention(norm x).
///
/// Options of the plan: a window and the absence of rotation, both by layer; the scores' scale and cap; biases; norms
/// of queries and keys; queries, keys and values in one weight; and what ``BlockInput`` and ``BlockOutput`` have.
struct AttentionBlock: LayerBlock {
  let modules: [LoRAModule] = [.query, .key, .value, .queryKeyValue, .output]

  private let shape: AttentionShape
  private let hiddenSize: Int
  private let isRotated: Bool

  // Columns of `savedQueryKeyValue`.
  private let queries: Range<Int>
  private let keys: Range<Int>
  private let values: Range<Int>
  /// Queries and keys lie side by side, so that one call turns both.
  private var queriesAndKeys: Range<Int> { 0..<keys.upperBound }
  /// The linear layers that compute them, with their columns.
  private let parts: [(module: LoRAModule, columns: Range<Int>)]

  private let input: BlockInput
  /// Queries, keys and values below one another: [attentionWidth, hidden].
  private let queryKeyValue: WeightPlace
  /// [1, attentionWidth]
  private let bias: WeightPlace?
  private let norms: (query: RMSNorm, key: RMSNorm)?
  private let output: BlockOutput

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
      window: plan.window(ofLayer: layer), scale: plan.attentionScale.map { Float($0) },
      softCap: plan.attentionSoftCap.map { Float($0) })
    hiddenSize = plan.hiddenSize
    isRotated = !plan.unrotatedLayers.contains(layer)
    queries = 0..<plan.queryWidth
    keys = queries.upperBound..<queries.upperBound + plan.keyWidth
    values = keys.upperBound..<plan.attentionWidth
    parts =
      plan.hasFusedQueryKeyValue
      ? [(.queryKeyValue, 0..<plan.attentionWidth)] : [(.query, queries), (.key, keys), (.value, values)]

    input = BlockInput(.attentionNorm, layer: layer, plan, weights: &weights)
    queryKeyValue = weights.stacked(parts, layer: layer, columns: plan.hiddenSize)
    bias = plan.hasQueryKeyValueBias ? weights.stackedBias(parts, layer: layer) : nil
    let normWidths: (query: Int, key: Int)? =
      switch plan.queryKeyNorm {
      case .none: nil
      case .eachHead: (plan.headDimension, plan.headDimension)
      case .allHeads: (plan.queryWidth, plan.keyWidth)
      }
    if let normWidths {
      let query = RMSNorm(.queryNorm, layer: layer, width: normWidths.query, plan, weights: &weights)
      norms = (query, RMSNorm(.keyNorm, layer: layer, width: normWidths.key, plan, weights: &weights))
    } else {
      norms = nil
    }

    savedQueryKeyValue = saved.add(plan.attentionWidth)
    savedUnnormed = norms != nil ? saved.add(keys.upperBound) : nil
    savedAttention = saved.add(plan.queryWidth)
    savedNormalizers = saved.add(plan.headCount)
    output = BlockOutput(
      .output, width: plan.queryWidth, hasBias: plan.hasOutputBias, normRole: .attentionEndNorm, layer: layer,
      plan, weights: &weights, saved: &saved)
  }

  func forward(_ x: Matrix, into output: Matrix, saved: LayerMemory, pass: LayerPass) {
    let context = pass.context
    let normed = input.forward(x, pass)
    let qkv = saved[savedQueryKeyValue]
    pass.linear(normed, queryKeyValue, bias: bias, into: qkv)
    for part in parts { pass.apply(part.module, to: normed, addingTo: qkv.columns(part.columns)) }
    let (q, k, v) = (qkv.columns(queries), qkv.columns(keys), qkv.columns(values))
    if let norms {
      if let savedUnnormed { saved.forBackward(savedUnnormed)?.copy(from: qkv.columns(queriesAndKeys)) }
      norms.query.forwardByHead(q, pass)
      norms.key.forwardByHead(k, pass)
    }
    rotate(qkv, pass)
    pass.cache?.store(layer: pass.layer, keys: k, values: v)
    let attention = saved[savedAttention]
    context.attention(
      shape, segments: pass.batch.attentionSegments(layer: pass.layer, keys: k, values: v), q: q, k: k, v: v,
      into: attention, logNormalizers: saved.forBackward(savedNormalizers), scratch: pass.workspace.kernels)
    self.output.forward(attention, x: x, into: output, saved: saved, pass: pass)
  }

  private func rotate(_ qkv: Matrix, _ pass: LayerPass, isInverse: Bool = false) {
    guard isRotated else { return }
    pass.context.rotate(
      qkv.columns(queriesAndKeys), headDimension: shape.headDimension, positions: pass.batch.positions,
      table: pass.rotary[hasWindow: shape.window != nil], isInverse: isInverse)
  }

  func backward(
    _ x: Matrix, dx: Matrix, isLowest: Bool, saved: LayerMemory, pass: LayerPass, into gradients: ParameterSet
  ) {
    let (context, weights) = (pass.context, pass.weights)
    let attention = saved[savedAttention]
    let dAttention = pass.scratch(.attentionGradient, columns: attention.columns)
    output.backward(dOutput: dx, into: dAttention, saved: saved, pass: pass, gradients: gradients) {
      attention
    }
    let adapted = parts.filter { pass.adapts($0.module) }
    if isLowest && adapted.isEmpty { return }

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
    rotate(dQKV, pass, isInverse: true)
    if let norms, let savedUnnormed {
      let unnormed = saved[savedUnnormed]
      let dUnnormed = pass.scratch(.unnormedGradient, columns: unnormed.columns)
      dUnnormed.fill(0)
      for (norm, columns) in [(norms.query, queries), (norms.key, keys)] {
        norm.backwardByHead(
          unnormed.columns(columns), dy: dQKV.columns(columns), addingTo: dUnnormed.columns(columns), pass)
      }
      dQKV.columns(queriesAndKeys).copy(from: dUnnormed)
    }
    let dNormed = pass.scratch(.normedGradient, columns: hiddenSize)
    if !isLowest { context.multiply(dQKV, .normal, weights[queryKeyValue], .normal, into: dNormed) }
    if !adapted.isEmpty {
      let normed = input.forward(x, pass)
      for part in adapted {
        pass.applyBackward(
          part.module, x: normed, dy: dQKV.columns(part.columns), into: gradients,
          addingTo: isLowest ? nil : dNormed)
      }
    }
    if !isLowest { input.backward(x, dy: dNormed, addingTo: dx, pass) }
  }

  func keysAndValues(_ saved: LayerMemory) -> (keys: Matrix, values: Matrix)? {
    (saved[savedQueryKeyValue].columns(keys), saved[savedQueryKeyValue].columns(values))
  }
}
