import Foundation
import Testing

@testable import KTOKernels

@Suite struct ElementwiseTests {
  let context = ComputeContext(threadCount: 2)

  @Test func `the fast exponential is within two units in the last place`() {
    var worst: Float = 0
    for step in -87_000...88_000 {
      let x = Float(step) / 1000
      let expected = Float(exp(Double(x)))
      worst = max(worst, abs(exponential(x) - expected) / expected.ulp)
    }
    #expect(worst <= 2)
  }

  @Test func `the fast exponential keeps NaN, is 0 far below and bounded far above`() {
    #expect(exponential(Float.nan).isNaN)
    #expect(exponential(-Float.infinity) == 0)
    #expect(exponential(Float(-1000)) == 0)
    #expect(exponential(Float(0)) == 1)
    #expect(exponential(Float.infinity).isFinite)
  }

  private func naiveNorm(_ x: [Double], _ w: [Double], _ epsilon: Double) -> [Double] {
    let d = w.count
    var y: [Double] = []
    for start in stride(from: 0, to: x.count, by: d) {
      let row = Array(x[start..<start + d])
      let mean = sumOfProducts(row, row) / Double(d)
      let inverse = 1 / (mean + epsilon).squareRoot()
      for i in 0..<d { y.append(row[i] * inverse * w[i]) }
    }
    return y
  }

  @Test func `RMS norm and its gradient agree with the formula and with finite differences`() {
    var random = RandomNumbers(1)
    let (x, w, dy) = (random.window(3, 21), random.matrix(1, 21), random.window(3, 21))
    let y = Matrix(rows: 3, columns: 21)
    context.rmsNorm(x, weight: w, epsilon: 1e-5, into: y)
    #expect(worstDifference(y.array, naiveNorm(doubles(x), doubles(w), 1e-5)) < 1e-6)

    let dx = Matrix(rows: 3, columns: 21)
    dx.fill(2)
    context.rmsNormBackward(x, weight: w, epsilon: 1e-5, dy: dy, addingTo: dx)
    let expected = slopes(doubles(x)) { values in
      sumOfProducts(naiveNorm(values, doubles(w), 1e-5), doubles(dy))
    }
    #expect(worstDifference(dx.array, expected.map { $0 + 2 }) < 1e-5)
  }

  private func naiveSwiGLU(_ x: [Double], width: Int) -> [Double] {
    var y: [Double] = []
    for start in stride(from: 0, to: x.count, by: 2 * width) {
      for i in 0..<width {
        let (gate, up) = (x[start + i], x[start + width + i])
        y.append(gate / (1 + exp(-gate)) * up)
      }
    }
    return y
  }

  @Test func `SwiGLU and its gradient agree with the formula and with finite differences, also in place`() {
    var random = RandomNumbers(2)
    let (x, dy) = (random.matrix(3, 26, 4), random.window(3, 13))
    let y = Matrix(rows: 3, columns: 13)
    context.swiGLU(x, into: y)
    #expect(worstDifference(y.array, naiveSwiGLU(doubles(x), width: 13)) < 1e-6)
    let expected = slopes(doubles(x)) { values in
      sumOfProducts(naiveSwiGLU(values, width: 13), doubles(dy))
    }
    context.swiGLUBackward(x, dy: dy, into: x)
    #expect(worstDifference(x.array, expected) < 1e-5)
  }

  private func naiveGeGLU(_ x: [Double], width: Int) -> [Double] {
    stride(from: 0, to: x.count, by: 2 * width).flatMap { start in
      (0..<width).map { i in
        let (g, up) = (x[start + i], x[start + width + i])
        return 0.5 * g * (1 + tanh((2 / Double.pi).squareRoot() * (g + 0.044715 * g * g * g))) * up
      }
    }
  }

  @Test func `GeGLU and its gradient agree with the formula and with finite differences, also in place`() {
    var random = RandomNumbers(7)
    let (x, dy) = (random.matrix(3, 26, 4), random.window(3, 13))
    let y = Matrix(rows: 3, columns: 13)
    context.gated(.geluTanh, x, into: y)
    #expect(worstDifference(y.array, naiveGeGLU(doubles(x), width: 13)) < 1e-6)
    let expected = slopes(doubles(x)) { values in
      sumOfProducts(naiveGeGLU(values, width: 13), doubles(dy))
    }
    context.gatedBackward(.geluTanh, x, dy: dy, into: x)
    #expect(worstDifference(x.array, expected) < 1e-5)
  }

  @Test func `the fast hyperbolic tangent is within six units in the last place`() {
    var worst: Float = 0
    for step in -30_000...30_000 {
      let x = Float(step) / 2000
      let expected = Float(tanh(Double(x)))
      worst = max(worst, abs(hyperbolicTangent(Lanes(repeating: x))[0] - expected) / expected.ulp)
    }
    #expect(worst <= 6)
    #expect(hyperbolicTangent(Lanes(repeating: .infinity))[0] == 1)
    #expect(hyperbolicTangent(Lanes(repeating: -.infinity))[0] == -1)
    #expect(hyperbolicTangent(Lanes(repeating: .nan))[0].isNaN)
  }

  @Test func `a cap keeps numbers within it, and its slope is that of finite differences`() {
    var random = RandomNumbers(8)
    let (x, y) = (random.window(3, 21, 9), random.window(3, 21))
    let (before, dy) = (doubles(x), doubles(y))
    func capped(_ x: [Double]) -> [Double] { x.map { 2.5 * tanh($0 / 2.5) } }
    context.softCap(x, at: 2.5)
    #expect(worstDifference(x.array, capped(before)) < 1e-6)
    for row in 0..<3 { unsafe softCapGradientRow(capped: x.rowPointer(row), cap: 2.5, y.rowPointer(row), 21) }
    #expect(worstDifference(y.array, slopes(before) { sumOfProducts(capped($0), dy) }) < 1e-5)
  }

  @Test func `rotation leaves alone what a head has beyond the table's pairs, and takes the table's scale`() {
    var random = RandomNumbers(9)
    let x = random.window(2, 20)
    let before = x.array
    let table = RotaryTable(inverseFrequencies: [1, 0.1, 0.01], positionCount: 9, scale: 1.5)
    context.rotate(x, headDimension: 10, positions: [8, 3], table: table)
    for row in 0..<2 {
      for column in 0..<20 where column % 10 >= 6 { #expect(x[row, column] == before[row * 20 + column]) }
      let angle = Double([8, 3][row]) * 0.1
      let (low, high) = (Double(before[row * 20 + 11]), Double(before[row * 20 + 14]))
      #expect(abs(Double(x[row, 11]) - 1.5 * (low * cos(angle) - high * sin(angle))) < 1e-6)
      #expect(abs(Double(x[row, 14]) - 1.5 * (high * cos(angle) + low * sin(angle))) < 1e-6)
    }
  }

  @Test func `rotation turns pairs half a head apart, and backwards undoes it`() {
    var random = RandomNumbers(3)
    let frequencies = (0..<11).map { Float(pow(100, -Double($0) / 11)) }
    let table = RotaryTable(inverseFrequencies: frequencies, positionCount: 40)
    let positions = [0, 39, 7]
    let x = random.window(3, 44)
    let before = x.array
    context.rotate(x, headDimension: 22, positions: positions, table: table)
    var expected: [Double] = []
    for row in 0..<3 {
      for column in 0..<44 {
        let (head, place) = (column / 22 * 22, column % 22)
        let angle = Double(Float(positions[row]) * frequencies[place % 11])
        let first = row * 44 + head + place % 11
        let (low, high) = (Double(before[first]), Double(before[first + 11]))
        expected.append(
          place < 11 ? low * cos(angle) - high * sin(angle) : high * cos(angle) + low * sin(angle))
      }
    }
    #expect(worstDifference(x.array, expected) < 1e-6)
    context.rotate(x, headDimension: 22, positions: positions, table: table, isInverse: true)
    #expect(worstDifference(x.array, before.map(Double.init)) < 1e-6)
  }

  @Test func `AdamW takes the steps of its definition`() {
    var random = RandomNumbers(4)
    let numbers = AdamWParameters(weightDecay: 0.1)
    let (p, m, v) = (random.matrix(1, 37), Matrix(rows: 1, columns: 37), Matrix(rows: 1, columns: 37))
    var (ep, em, ev) = (doubles(p), [Double](repeating: 0, count: 37), [Double](repeating: 0, count: 37))
    for step in 1...5 {
      let g = random.matrix(1, 37)
      context.adamW(
        parameters: p, gradient: g, firstMoment: m, secondMoment: v, step: step, learningRate: 0.01,
        gradientScale: 0.5, numbers)
      for i in 0..<37 {
        let gradient = Double(g[0, i]) * 0.5
        ep[i] *= 1 - 0.01 * 0.1
        em[i] = 0.9 * em[i] + 0.1 * gradient
        ev[i] = 0.999 * ev[i] + 0.001 * gradient * gradient
        let (mHat, vHat) = (em[i] / (1 - pow(0.9, Double(step))), ev[i] / (1 - pow(0.999, Double(step))))
        ep[i] -= 0.01 * mHat / (vHat.squareRoot() + 1e-8)
      }
    }
    #expect(worstDifference(p.array, ep) < 1e-6)
    #expect(worstDifference(v.array, ev) < 1e-6)
  }

  @Test func `the norm of a million small numbers does not lose them`() {
    let x = Matrix(rows: 1, columns: 1_000_003)
    x.fill(1e-4)
    #expect(abs(context.norm(x) - 1e-4 * 1_000_003.0.squareRoot()) < 1e-7)
  }
}
