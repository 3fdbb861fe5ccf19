internal import COpenBLAS

/// Whether a factor is used as it lies or transposed.
package enum Orientation: Sendable {
  case normal, transposed
}

extension ComputeContext {
  /// c ← scale · op(a) · op(b) + keep · c, split over the threads along the longer side of c.
  ///
  /// op(a): [M, K], op(b): [K, N], c: [M, N], all row-major windows. c may not overlap a or b.
  /// 2·M·N·K operations.
  package func multiply(
    _ a: Matrix, _ aOrientation: Orientation = .normal, _ b: Matrix, _ bOrientation: Orientation = .normal,
    into c: Matrix, scale: Float = 1, keep: Float = 0
  ) {
    let isATransposed = aOrientation == .transposed
    let isBTransposed = bOrientation == .transposed
    let (m, n) = (c.rows, c.columns)
    let k = isATransposed ? a.rows : a.columns
    precondition((isATransposed ? a.columns : a.rows) == m, "product: rows")
    precondition((isBTransposed ? b.rows : b.columns) == n, "product: columns")
    precondition((isBTransposed ? b.columns : b.rows) == k, "product: inner side")
    guard m > 0, n > 0 else { return }

    func part(_ rows: Range<Int>, _ columns: Range<Int>) {
      let aPart = isATransposed ? a.columns(rows) : a.rows(rows)
      let bPart = isBTransposed ? b.rows(columns) : b.columns(columns)
      let cPart = c.rows(rows).columns(columns)
      serialProduct(aPart, isATransposed, bPart, isBTransposed, cPart, scale, keep)
    }

    // Below this many operations waking a second thread costs more than it gives.
    if threadCount == 1 || m * n * k < 1 << 17 {
      part(0..<m, 0..<n)
      return
    }
    // Two parts a thread where they stay wide: a thread that is held up gives its second part away.
    let side = Swift.max(m, n)
    let granularity = 16
    let wanted = side >= 384 * threadCount * 2 ? threadCount * 2 : threadCount
    let parts = Swift.max(1, Swift.min(wanted, side / granularity))
    func bound(_ index: Int) -> Int {
      index == parts ? side : side * index / parts / granularity * granularity
    }
    forEach(parts) { _, index in
      let range = bound(index)..<bound(index + 1)
      if n >= m { part(0..<m, range) } else { part(range, 0..<n) }
    }
  }
}

/// One thread's product. A single row of c goes to sgemv, which reads the weights without packing them.
func serialProduct(
  _ a: Matrix, _ isATransposed: Bool, _ b: Matrix, _ isBTransposed: Bool, _ c: Matrix, _ scale: Float,
  _ keep: Float
) {
  let (m, n) = (c.rows, c.columns)
  let k = isATransposed ? a.rows : a.columns
  guard m > 0, n > 0 else { return }
  if m == 1 {
    unsafe OpenBLAS.shared.functions.sgemv(
      CblasRowMajor, isBTransposed ? CblasNoTrans : CblasTrans, Int32(b.rows), Int32(b.columns), scale,
      b.pointer, Int32(b.stride), a.pointer, isATransposed ? Int32(a.stride) : 1, keep, c.pointer, 1)
    return
  }
  unsafe OpenBLAS.shared.functions.sgemm(
    CblasRowMajor, isATransposed ? CblasTrans : CblasNoTrans, isBTransposed ? CblasTrans : CblasNoTrans,
    Int32(m), Int32(n), Int32(k), scale, a.pointer, Int32(a.stride), b.pointer, Int32(b.stride), keep,
    c.pointer, Int32(c.stride))
}
