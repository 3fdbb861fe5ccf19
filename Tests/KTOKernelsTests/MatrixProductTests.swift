import KTOKernels
import Testing

/// c ← scale · op(a) · op(b) + keep · c, element by element.
private func naiveProduct(
  _ a: Matrix, _ aOrientation: Orientation, _ b: Matrix, _ bOrientation: Orientation, _ c: Matrix,
  scale: Double, keep: Double
) -> [Double] {
  let inner = aOrientation == .normal ? a.columns : a.rows
  var result: [Double] = []
  for i in 0..<c.rows {
    for j in 0..<c.columns {
      var sum = 0.0
      for k in 0..<inner {
        let left = aOrientation == .normal ? a[i, k] : a[k, i]
        let right = bOrientation == .normal ? b[k, j] : b[j, k]
        sum += Double(left) * Double(right)
      }
      result.append(scale * sum + keep * Double(c[i, j]))
    }
  }
  return result
}

@Suite struct MatrixProductTests {
  @Test(arguments: [(1, 70, 33), (5, 3, 300), (90, 65, 40), (33, 901, 17)], [1, 2])
  func `products agree with the sum written out, in every orientation`(
    size: (m: Int, n: Int, k: Int), threads: Int
  ) {
    let context = ComputeContext(threadCount: threads)
    var random = RandomNumbers(7)
    for first in [Orientation.normal, .transposed] {
      for second in [Orientation.normal, .transposed] {
        let a = first == .normal ? random.window(size.m, size.k) : random.window(size.k, size.m)
        let b = second == .normal ? random.window(size.k, size.n) : random.window(size.n, size.k)
        let c = random.window(size.m, size.n)
        let expected = naiveProduct(a, first, b, second, c, scale: 0.5, keep: -2)
        context.multiply(a, first, b, second, into: c, scale: 0.5, keep: -2)
        #expect(worstDifference(c.array, expected) < 2e-5)
      }
    }
  }

  @Test func `a product leaves what surrounds its window alone`() {
    let whole = Matrix(rows: 6, columns: 6)
    whole.fill(3)
    let (a, b) = (Matrix(rows: 2, columns: 4), Matrix(rows: 4, columns: 2))
    ComputeContext(threadCount: 2).multiply(a, .normal, b, .normal, into: whole.rows(2..<4).columns(1..<3))
    #expect(whole.array.filter { $0 == 0 }.count == 4)
    #expect(whole.array.filter { $0 == 3 }.count == 32)
  }

  @Test func `an infinity or a NaN anywhere is found`() {
    let x = Matrix(rows: 3, columns: 11)
    #expect(x.isFinite)
    x[2, 10] = .nan
    #expect(!x.isFinite)
    x[2, 10] = -.infinity
    #expect(!x.isFinite)
  }

  @Test func `OpenBLAS names its kernel and has one thread under ours`() throws {
    let description = try BLASDescription.current()
    #expect(description.configuration.contains("OpenBLAS"))
    #expect(!description.kernel.isEmpty && !description.version.isEmpty)
    #expect(description.threadCount == 1)
  }
}
