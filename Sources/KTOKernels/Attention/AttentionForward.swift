internal import Glibc

/// Query rows handled at once: large enough for a good product, small enough to skip most of the masked half.
let attentionBlockRows = 128

/// The part of one block of query rows that causality and the window leave: keys `first ..< end` of
/// prefix-then-rows order, and for each row the keys it sees.
struct AttentionBlock {
  let segment: AttentionSegment
  let window: Int?
  /// Rows of the batch.
  let rows: Range<Int>

  /// The index, in prefix-then-rows order, of a batch row's own key.
  func keyIndex(_ row: Int) -> Int { segment.prefixCount + row - segment.rows.lowerBound }
  /// The keys that a batch row sees.
  func visibleKeys(_ row: Int) -> Range<Int> {
    let own = keyIndex(row)
    return (window.map { Swift.max(0, own + 1 - $0) } ?? 0)..<(own + 1)
  }
  /// All the keys that some row of the block sees.
  var keys: Range<Int> {
    visibleKeys(rows.lowerBound).lowerBound..<(keyIndex(rows.upperBound - 1) + 1)
  }

  /// The keys that the block's row of that index sees, counted from the first of ``keys``.
  func visibleColumns(_ index: Int) -> Range<Int> {
    let visible = visibleKeys(rows.lowerBound + index)
    let first = keys.lowerBound
    return visible.lowerBound - first..<visible.upperBound - first
  }

  /// The keys that lie in the prefix, as its rows.
  var prefixRows: Range<Int> {
    let prefix = segment.prefixCount
    return Swift.min(keys.lowerBound, prefix)..<Swift.min(keys.upperBound, prefix)
  }
  /// The keys that lie in the batch, as its rows.
  var ownRows: Range<Int> {
    let shift = segment.rows.lowerBound - segment.prefixCount
    return Swift.max(keys.lowerBound, segment.prefixCount) + shift..<keys.upperBound + shift
  }
}

extension ComputeContext {
  /// out = softmax(scale · q kᵀ, causal within each segment) v, head by head, with the shape's cap on the scores.
  ///
  /// q, out: [T, heads · d]; k, v: [T, keyHeads · d]; all may be windows of wider rows; out overlaps none.
  /// `logNormalizers` [T, heads], if given, receives log Σ exp of each row's scores, for the backward pass.
  /// Segments may not share rows. Work: 4·d·heads per visible pair, rounded up to blocks.
  package func attention(
    _ shape: AttentionShape, segments: [AttentionSegment], q: Matrix, k: Matrix, v: Matrix,
    into out: Matrix, logNormalizers: Matrix? = nil, scratch: KernelScratch
  ) {
    let d = shape.headDimension
    precondition(q.columns == shape.heads * d && out.columns == q.columns, "attention query shape")
    precondition(k.columns == shape.keyHeads * d && v.columns == k.columns, "attention key shape")
    let blocks = attentionBlocks(shape, segments)
    guard let widest = blocks.map(\.keys.count).max() else { return }
    let windows = scratch.windows(slots: threadCount, rows: attentionBlockRows, columns: widest + 1)

    forEach(blocks.count * shape.heads) { slot, task in
      let block = blocks[task / shape.heads]
      let head = task % shape.heads
      let group = head / shape.groupSize
      let keyColumns = group * d..<(group + 1) * d
      let rows = block.rows
      let keyCount = block.keys.count
      let scores = Matrix(windows[slot].storage, rows: rows.count, columns: keyCount)
      let sums = Matrix(windows[slot].storage, offset: rows.count * keyCount, rows: rows.count, columns: 1)
      let result = out.rows(rows).columns(head * d..<(head + 1) * d)
      attentionScores(block, q.rows(rows).columns(head * d..<(head + 1) * d), k, keyColumns, into: scores)

      for row in 0..<rows.count {
        let p = unsafe scores.rowPointer(row)
        let visible = block.visibleColumns(row)
        let width = visible.count
        unsafe p.update(repeating: 0, count: visible.lowerBound)
        let start = unsafe p + visible.lowerBound
        var scale = shape.scale
        if let cap = shape.softCap {
          unsafe softCapRow(start, scale: scale, cap: cap, width)
          scale = 1
        }
        let shift = unsafe maximum(start, width) * scale
        let sum = unsafe exponentiateRow(start, scale: scale, shift: shift, width)
        unsafe (start + width).update(repeating: 0, count: keyCount - visible.upperBound)
        sums[row, 0] = sum
        if let logNormalizers { logNormalizers[rows.lowerBound + row, head] = shift + log(sum) }
      }
      attentionValues(block, scores, v, keyColumns, into: result)
      // Dividing the d results is cheaper than dividing the row of weights.
      for row in 0..<rows.count { unsafe scaleRow(result.rowPointer(row), 1 / sums[row, 0], d) }
    }
  }
}

/// The blocks of all segments, the widest of each segment first, so that the last ones to be handed out are small.
func attentionBlocks(_ shape: AttentionShape, _ segments: [AttentionSegment]) -> [AttentionBlock] {
  segments.flatMap { segment in
    stride(from: segment.rows.lowerBound, to: segment.rows.upperBound, by: attentionBlockRows).map { start in
      let end = Swift.min(start + attentionBlockRows, segment.rows.upperBound)
      return AttentionBlock(segment: segment, window: shape.window, rows: start..<end)
    }.reversed()
  }
}

/// scores = queries · keysᵀ over the block's keys, first those of the prefix.
func attentionScores(
  _ block: AttentionBlock, _ queries: Matrix, _ keys: Matrix, _ keyColumns: Range<Int>, into scores: Matrix
) {
  let (early, own) = (block.prefixRows, block.ownRows)
  if let prefix = block.segment.prefix, !early.isEmpty {
    let part = prefix.keys.rows(early).columns(keyColumns)
    serialProduct(queries, false, part, true, scores.columns(0..<early.count), 1, 0)
  }
  let part = keys.rows(own).columns(keyColumns)
  serialProduct(queries, false, part, true, scores.columns(early.count..<scores.columns), 1, 0)
}

/// result = weights · values over the block's keys.
private func attentionValues(
  _ block: AttentionBlock, _ weights: Matrix, _ values: Matrix, _ keyColumns: Range<Int>,
  into result: Matrix
) {
  let (early, own) = (block.prefixRows, block.ownRows)
  let part = values.rows(own).columns(keyColumns)
  serialProduct(weights.columns(early.count..<weights.columns), false, part, false, result, 1, 0)
  if let prefix = block.segment.prefix, !early.isEmpty {
    let part = prefix.values.rows(early).columns(keyColumns)
    serialProduct(weights.columns(0..<early.count), false, part, false, result, 1, 1)
  }
}
