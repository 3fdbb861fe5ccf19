import KTOCore
import KTOKernels

/// Numbers around zero, the same for the same seed.
struct RandomNumbers {
  private var generator: SeededGenerator

  init(_ seed: UInt64) { generator = SeededGenerator(seed: seed) }

  mutating func next(_ scale: Double = 1) -> Float { Float((generator.nextUnit() * 2 - 1) * scale) }

  mutating func array(_ count: Int, _ scale: Double = 1) -> [Float] { (0..<count).map { _ in next(scale) } }

  mutating func matrix(_ rows: Int, _ columns: Int, _ scale: Double = 1) -> Matrix {
    Matrix(array(rows * columns, scale), rows: rows, columns: columns)
  }

  /// A window in the middle of a wider and taller matrix.
  mutating func window(_ rows: Int, _ columns: Int, _ scale: Double = 1) -> Matrix {
    matrix(rows + 3, columns + 5, scale).rows(1..<rows + 1).columns(2..<columns + 2)
  }
}

/// The largest |a − b| / max(1, |b|).
func worstDifference(_ a: [Float], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1) / max(1, abs(pair.1))
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// The slope of `f` in each of the arguments, by central differences.
func slopes(_ x: [Double], _ f: ([Double]) -> Double, step: Double = 1e-5) -> [Double] {
  x.indices.map { index in
    var (high, low) = (x, x)
    high[index] += step
    low[index] -= step
    return (f(high) - f(low)) / (2 * step)
  }
}

func doubles(_ x: Matrix) -> [Double] { x.array.map(Double.init) }

func sumOfProducts(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}
