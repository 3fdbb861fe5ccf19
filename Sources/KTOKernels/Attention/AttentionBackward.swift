extension ComputeContext {
  /// The gradients of ``attention(_:segments:q:k:v:into:logNormalizers:scratch:)`` over segments without a prefix.
  ///
  /// Given q, k, v, out, the log normalizers and dOut, all as in the forward pass, writes dq [T, heads · d] and
  /// dk, dv [T, keyHeads · d]. The weights are computed again, P = exp(scale · q kᵀ − logNormalizer), and then
  /// dv = Pᵀ dOut, dS = P ∘ (dOut vᵀ − rowsum(dOut ∘ out)), dq = scale · dS k, dk = scale · dSᵀ q. A cap on the scores
  /// multiplies dS by 1 − (capped / cap)².
  /// dq, dk, dv overlap nothing else. Rows outside the segments are left alone.
  /// Source: FlashAttention-2, arXiv:2307.08691, algorithm 2.
  package func attentionBackward(
    _ shape: AttentionShape, segments: [AttentionSegment], q: Matrix, k: Matrix, v: Matrix, out: Matrix,
    logNormalizers: Matrix, dOut: Matrix, dq: Matrix, dk: Matrix, dv: Matrix, scratch: KernelScratch
  ) {
    let d = shape.headDimension
    precondition(segments.allSatisfy { $0.prefix == nil }, "attention gradient with a prefix")
    precondition(q.columns == shape.heads * d && dq.columns == q.columns && dOut.columns == q.columns)
    precondition(k.columns == shape.keyHeads * d && dk.columns == k.columns && dv.columns == k.columns)
    let bySegment = segments.map { attentionBlocks(shape, [$0]) }
    guard let widest = bySegment.joined().map(\.keys.count).max() else { return }
    let windows = scratch.windows(slots: threadCount, rows: 2 * attentionBlockRows, columns: widest)
    // A task for each key head would leave threads idle (3 key heads, 2 threads), so each query head has its
    // own dk and dv, summed over the group afterwards in a fixed order.
    let isGrouped = shape.groupSize > 1
    let perHead = scratch.windows(
      first: threadCount, slots: 2, rows: isGrouped ? q.rows : 0, columns: isGrouped ? q.columns : 0)

    forEach(segments.count * shape.heads) { slot, task in
      let blocks = bySegment[task / shape.heads]
      let rows = segments[task / shape.heads].rows
      let head = task % shape.heads
      let columns = head * d..<(head + 1) * d
      let keyColumns = head / shape.groupSize * d..<(head / shape.groupSize + 1) * d
      let dKeys = isGrouped ? perHead[0].columns(columns) : dk.columns(columns)
      let dValues = isGrouped ? perHead[1].columns(columns) : dv.columns(columns)
      dKeys.rows(rows).fill(0)
      dValues.rows(rows).fill(0)
      for block in blocks {
        let (count, keyCount) = (block.rows.count, block.keys.count)
        let weights = Matrix(windows[slot].storage, rows: count, columns: keyCount)
        let dScores = Matrix(
          windows[slot].storage, offset: count * keyCount, rows: count, columns: keyCount)
        let queries = q.rows(block.rows).columns(columns)
        let result = out.rows(block.rows).columns(columns)
        let dResult = dOut.rows(block.rows).columns(columns)
        let keys = k.rows(block.ownRows).columns(keyColumns)
        let values = v.rows(block.ownRows).columns(keyColumns)
        serialProduct(queries, false, keys, true, weights, 1, 0)
        serialProduct(dResult, false, values, true, dScores, 1, 0)
        for row in 0..<count {
          let (p, ds, visible) = unsafe (
            weights.rowPointer(row), dScores.rowPointer(row), block.visibleColumns(row)
          )
          let logNormalizer = logNormalizers[block.rows.lowerBound + row, head]
          let projection = unsafe dot(dResult.rowPointer(row), result.rowPointer(row), d)
          for masked in [0..<visible.lowerBound, visible.upperBound..<keyCount] {
            unsafe (p + masked.lowerBound).update(repeating: 0, count: masked.count)
            unsafe (ds + masked.lowerBound).update(repeating: 0, count: masked.count)
          }
          let (start, dStart) = unsafe (p + visible.lowerBound, ds + visible.lowerBound)
          if let cap = shape.softCap {
            unsafe cappedScoreGradients(
              weights: start, dScores: dStart, visible.count, scale: shape.scale, cap: cap,
              logNormalizer: logNormalizer, projection: projection)
          } else {
            unsafe scoreGradients(
              weights: start, dScores: dStart, visible.count, scale: shape.scale,
              logNormalizer: logNormalizer, projection: projection)
          }
        }
        serialProduct(dScores, false, keys, false, dq.rows(block.rows).columns(columns), 1, 0)
        serialProduct(dScores, true, queries, false, dKeys.rows(block.ownRows), 1, 1)
        serialProduct(weights, true, dResult, false, dValues.rows(block.ownRows), 1, 1)
      }
    }
    guard isGrouped else { return }
    for segment in segments {
      sumGroups(perHead[0].rows(segment.rows), shape, into: dk.rows(segment.rows))
      sumGroups(perHead[1].rows(segment.rows), shape, into: dv.rows(segment.rows))
    }
  }

  /// y = Σ over the query heads of each group of x. x: [T, heads · d]; y: [T, keyHeads · d].
  private func sumGroups(_ x: Matrix, _ shape: AttentionShape, into y: Matrix) {
    let d = shape.headDimension
    split(x.rows, grain: 16) { range in
      for row in range {
        let (source, target) = unsafe (x.rowPointer(row), y.rowPointer(row))
        for group in 0..<shape.keyHeads {
          let first = unsafe source + group * shape.groupSize * d
          unsafe (target + group * d).update(from: first, count: d)
          for member in 1..<shape.groupSize { unsafe addScaled(first + member * d, 1, target + group * d, d) }
        }
      }
    }
  }
}

/// Turns a row of scores into weights P, and a row of dP into scale · P ∘ (dP − projection).
private func scoreGradients(
  weights: UnsafeMutablePointer<Float>, dScores: UnsafeMutablePointer<Float>, _ count: Int, scale: Float,
  logNormalizer: Float, projection: Float
) {
  var i = 0
  while i + 8 <= count {
    let p = unsafe exponential(load(weights + i) * scale - logNormalizer)
    unsafe store(p, weights + i)
    unsafe store(p * (load(dScores + i) - projection) * scale, dScores + i)
    i += 8
  }
  while i < count {
    let p = unsafe exponential(weights[i] * scale - logNormalizer)
    unsafe weights[i] = p
    unsafe dScores[i] = p * (dScores[i] - projection) * scale
    i += 1
  }
}

/// The same for scores that a cap keeps within ±cap: P is of the capped scores, and what was dP has the cap's slope as
/// a further factor.
private func cappedScoreGradients(
  weights: UnsafeMutablePointer<Float>, dScores: UnsafeMutablePointer<Float>, _ count: Int, scale: Float,
  cap: Float, logNormalizer: Float, projection: Float
) {
  let factor = scale / cap
  func gradients(_ score: Lanes, _ dWeight: Lanes) -> (weight: Lanes, dScore: Lanes) {
    let t = hyperbolicTangent(score * factor)
    let p = exponential(t * cap - logNormalizer)
    return (p, p * (dWeight - projection) * (scale * (1 - t * t)))
  }
  var i = 0
  while i + 8 <= count {
    let (p, ds) = unsafe gradients(load(weights + i), load(dScores + i))
    unsafe store(p, weights + i)
    unsafe store(ds, dScores + i)
    i += 8
  }
  while i < count {
    let (p, ds) = unsafe gradients(Lanes(repeating: weights[i]), Lanes(repeating: dScores[i]))
    unsafe weights[i] = p[0]
    unsafe dScores[i] = ds[0]
    i += 1
  }
}
