internal import KTOKernels

extension CausalLM {
  /// One layer: x [T, hidden] → next [T, hidden], writing `saved` on the way. next may be x.
  func forward(_ x: Matrix, into next: Matrix, saved: LayerMemory, pass: LayerPass) {
    let layer = parts.layers[pass.layer]
    var input = x
    for (index, block) in layer.blocks.enumerated() {
      let isLast = index + 1 == layer.blocks.count
      // What no backward pass will read goes where the layer's output will lie.
      let output = isLast ? next : saved.forBackward(layer.inputs[index + 1]) ?? next
      block.forward(input, into: output, saved: saved, pass: pass)
      input = output
    }
  }

  /// All layers without keeping anything: the residual stream after the last one, in the workspace.
  func forwardWithoutGradient(
    _ batch: TokenBatch, adapter: LoRAAdapter?, cache: KeyValueCache? = nil
  ) -> Matrix {
    let x = workspace.matrix(.residual, rows: batch.rowCount, columns: plan.hiddenSize)
    embed(batch.tokens, into: x)
    let applied = adapter.map { AppliedAdapter(adapter: $0, dropoutSeed: nil) }
    var pass = layerPass(batch, adapter: applied, cache: cache)
    let scratch = LayerMemory(workspace, rows: batch.rowCount, isForBackward: false)
    for layer in parts.layers.indices {
      pass.layer = layer
      forward(x, into: x, saved: scratch, pass: pass)
    }
    return x
  }
}
