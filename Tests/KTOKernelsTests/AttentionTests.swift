import Foundation
import KTOKernels
import Testing

/// softmax(scale · q kᵀ, capped) v row by row in double precision; keys are prefix rows, then a segment's own.
private struct NaiveAttention {
  let shape: AttentionShape
  let prefix: Int

  /// q: [rows, heads · d], k and v: [prefix + rows, keyHeads · d].
  func callAsFunction(_ q: [Double], _ k: [Double], _ v: [Double]) -> [Double] {
    let (d, heads, width) = (shape.headDimension, shape.heads, shape.keyHeads * shape.headDimension)
    let rows = q.count / (heads * d)
    var out = [Double](repeating: 0, count: q.count)
    for row in 0..<rows {
      for head in 0..<heads {
        let group = head / (heads / shape.keyHeads)
        let last = prefix + row
        let first = max(0, last + 1 - (shape.window ?? .max - 1))
        let query = Array(q[row * heads * d + head * d..<row * heads * d + (head + 1) * d])
        let scores = (first...last).map { key in
          let start = key * width + group * d
          let score = sumOfProducts(query, Array(k[start..<start + d])) * Double(shape.scale)
          return shape.softCap.map { Double($0) * tanh(score / Double($0)) } ?? score
        }
        let top = scores.max() ?? 0
        let sum = scores.reduce(0) { $0 + exp($1 - top) }
        for (index, score) in scores.enumerated() {
          let weight = exp(score - top) / sum
          for i in 0..<d {
            out[row * heads * d + head * d + i] += weight * v[(first + index) * width + group * d + i]
          }
        }
      }
    }
    return out
  }
}

private let shapes = [
  AttentionShape(heads: 2, keyHeads: 2, headDimension: 6),
  AttentionShape(heads: 6, keyHeads: 2, headDimension: 8),
  AttentionShape(heads: 2, keyHeads: 1, headDimension: 10, window: 5),
  AttentionShape(heads: 1, keyHeads: 1, headDimension: 4, window: 140),
  AttentionShape(heads: 4, keyHeads: 2, headDimension: 6, window: 7, scale: 1.5, softCap: 1.25),
]

@Suite struct AttentionTests {
  let context = ComputeContext(threadCount: 2)
  let scratch = KernelScratch()

  @Test(arguments: shapes)
  func `attention over segments, with and without a prefix, agrees with the sum written out`(
    shape: AttentionShape
  ) {
    var random = RandomNumbers(11)
    let (width, keyWidth) = (shape.heads * shape.headDimension, shape.keyHeads * shape.headDimension)
    // Longer than a block of query rows, in one wide matrix as the layers have it.
    let segments = [
      AttentionSegment(rows: 0..<3),
      AttentionSegment(
        rows: 3..<150, prefix: (random.window(9, keyWidth, 2), random.window(9, keyWidth, 2))),
    ]
    let qkv = random.matrix(150, width + 2 * keyWidth, 2)
    let q = qkv.columns(0..<width)
    let k = qkv.columns(width..<width + keyWidth)
    let v = qkv.columns(width + keyWidth..<width + 2 * keyWidth)
    let out = Matrix(rows: 150, columns: width)
    context.attention(shape, segments: segments, q: q, k: k, v: v, into: out, scratch: scratch)

    let first = NaiveAttention(shape: shape, prefix: 0)(
      doubles(q.rows(0..<3)), doubles(k.rows(0..<3)), doubles(v.rows(0..<3)))
    #expect(worstDifference(out.rows(0..<3).array, first) < 2e-6)
    let keys = segments[1].prefix.map { doubles($0.keys) } ?? []
    let values = segments[1].prefix.map { doubles($0.values) } ?? []
    let second = NaiveAttention(shape: shape, prefix: 9)(
      doubles(q.rows(3..<150)), keys + doubles(k.rows(3..<150)), values + doubles(v.rows(3..<150)))
    #expect(worstDifference(out.rows(3..<150).array, second) < 2e-6)
  }

  @Test(arguments: shapes)
  func `the attention gradient agrees with finite differences`(shape: AttentionShape) {
    var random = RandomNumbers(12)
    let (width, keyWidth) = (shape.heads * shape.headDimension, shape.keyHeads * shape.headDimension)
    let rows = 13
    let segments = [AttentionSegment(rows: 0..<4), AttentionSegment(rows: 4..<rows)]
    let (q, k, v) = (
      random.window(rows, width, 2), random.window(rows, keyWidth, 2), random.window(rows, keyWidth, 2)
    )
    let (out, dOut) = (Matrix(rows: rows, columns: width), random.window(rows, width))
    let normalizers = Matrix(rows: rows, columns: shape.heads)
    context.attention(
      shape, segments: segments, q: q, k: k, v: v, into: out, logNormalizers: normalizers, scratch: scratch)
    let (dq, dk, dv) = (
      random.window(rows, width), random.window(rows, keyWidth), random.window(rows, keyWidth)
    )
    context.attentionBackward(
      shape, segments: segments, q: q, k: k, v: v, out: out, logNormalizers: normalizers, dOut: dOut, dq: dq,
      dk: dk, dv: dv, scratch: scratch)
    for segment in segments {
      func part(_ x: Matrix) -> [Double] { doubles(x.rows(segment.rows)) }
      let naive = NaiveAttention(shape: shape, prefix: 0)
      func objective(_ q: [Double], _ k: [Double], _ v: [Double]) -> Double {
        sumOfProducts(naive(q, k, v), part(dOut))
      }
      let (eq, ek, ev) = (
        slopes(part(q)) { objective($0, part(k), part(v)) },
        slopes(part(k)) { objective(part(q), $0, part(v)) },
        slopes(part(v)) { objective(part(q), part(k), $0) }
      )
      #expect(worstDifference(dq.rows(segment.rows).array, eq) < 1e-5)
      #expect(worstDifference(dk.rows(segment.rows).array, ek) < 1e-5)
      #expect(worstDifference(dv.rows(segment.rows).array, ev) < 1e-5)
    }
  }

  @Test func `the gradient over several blocks of rows is that of the sum of all rows' outputs`() {
    // d(Σ out)/dv sums to the number of visible pairs' weights, which is one a row and head.
    let shape = AttentionShape(heads: 2, keyHeads: 1, headDimension: 4)
    var random = RandomNumbers(13)
    let rows = 300
    let (q, k, v) = (random.matrix(rows, 8, 2), random.matrix(rows, 4, 2), random.matrix(rows, 4, 2))
    let (out, dOut) = (Matrix(rows: rows, columns: 8), Matrix(rows: rows, columns: 8))
    dOut.fill(1)
    let normalizers = Matrix(rows: rows, columns: 2)
    let segments = [AttentionSegment(rows: 0..<rows)]
    context.attention(
      shape, segments: segments, q: q, k: k, v: v, into: out, logNormalizers: normalizers, scratch: scratch)
    let (dq, dk, dv) = (
      Matrix(rows: rows, columns: 8), Matrix(rows: rows, columns: 4), Matrix(rows: rows, columns: 4)
    )
    context.attentionBackward(
      shape, segments: segments, q: q, k: k, v: v, out: out, logNormalizers: normalizers, dOut: dOut, dq: dq,
      dk: dk, dv: dv, scratch: scratch)
    let total = doubles(dv).reduce(0, +)
    #expect(abs(total - Double(rows * 2 * 4)) < 1e-2)
    // The last row alone sees the last key: one row's weight on it, in every head.
    let naive = NaiveAttention(shape: shape, prefix: 0)
    let index = 150 * 8 + 3
    let step = 1e-4
    var (high, low) = (doubles(q), doubles(q))
    high[index] += step
    low[index] -= step
    let sum = { (q: [Double]) in naive(q, doubles(k), doubles(v)).reduce(0, +) }
    #expect(abs(Double(dq[150, 3]) - (sum(high) - sum(low)) / (2 * step)) < 1e-4)
  }
}
