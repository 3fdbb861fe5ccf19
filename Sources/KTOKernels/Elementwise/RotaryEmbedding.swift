internal import Glibc

/// Cosines and sines of position × frequency, one row a position.
package struct RotaryTable {
  /// [positions, pairs of a head that are rotated]
  let cosines: Matrix
  let sines: Matrix

  package var positionCount: Int { cosines.rows }

  /// - Parameters:
  ///   - inverseFrequencies: radians a position, one for each pair of a head's numbers.
  ///   - positionCount: positions 0 ..< positionCount.
  ///   - scale: what cosines and sines are multiplied by, which makes the rotated numbers larger. Source: YaRN,
  ///     arXiv:2309.00071.
  ///
  /// Angles are products of 32-bit floats, as in the reference implementation; cosine and sine are then exact.
  package init(inverseFrequencies: [Float], positionCount: Int, scale: Float = 1) {
    cosines = Matrix(rows: positionCount, columns: inverseFrequencies.count, isZeroed: false)
    sines = Matrix(rows: positionCount, columns: inverseFrequencies.count, isZeroed: false)
    for position in 0..<positionCount {
      for (index, frequency) in inverseFrequencies.enumerated() {
        let angle = Double(Float(position) * frequency)
        cosines[position, index] = Float(cos(angle)) * scale
        sines[position, index] = Float(sin(angle)) * scale
      }
    }
  }
}

extension ComputeContext {
  /// Rotates each head of each row of x by its position's angles, in place; backwards if `isInverse`, which
  /// is also the gradient, whatever the table's scale.
  ///
  /// x: [T, heads · headDimension]. Pairs are (i, i + half) of a head; the table has `half` angles a position, and
  /// what a head has beyond 2 · half is left alone. Source: RoFormer, arXiv:2104.09864.
  package func rotate(
    _ x: Matrix, headDimension: Int, positions: [Int], table: RotaryTable, isInverse: Bool = false
  ) {
    let half = table.cosines.columns
    precondition(2 * half <= headDimension && x.columns % headDimension == 0, "rotary head size")
    precondition(positions.count == x.rows, "rotary shapes")
    precondition(positions.allSatisfy { $0 >= 0 && $0 < table.positionCount }, "rotary position")
    let sign: Float = isInverse ? -1 : 1
    split(x.rows, grain: 16) { range in
      for row in range {
        let c = unsafe table.cosines.rowPointer(positions[row])
        let s = unsafe table.sines.rowPointer(positions[row])
        var head = unsafe x.rowPointer(row)
        for _ in 0..<x.columns / headDimension {
          var i = 0
          while i + 8 <= half {
            let (a, b) = unsafe (load(head + i), load(head + half + i))
            let (cosine, sine) = unsafe (load(c + i), load(s + i) * sign)
            unsafe store(a * cosine - b * sine, head + i)
            unsafe store(b * cosine + a * sine, head + half + i)
            i += 8
          }
          while i < half {
            let (a, b) = unsafe (head[i], head[half + i])
            let (cosine, sine) = unsafe (c[i], s[i] * sign)
            unsafe head[i] = a * cosine - b * sine
            unsafe head[half + i] = b * cosine + a * sine
            i += 1
          }
          unsafe head += headDimension
        }
      }
    }
  }
}
