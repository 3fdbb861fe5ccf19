import Foundation
import KTOKernels
import Testing

/// One row's numbers from all its logits.
private func naiveRow(
  _ hidden: [Double], _ weight: Matrix, target: Int, softCap: Float?
) -> (logProbability: Double, entropy: Double, meanLogit: Double) {
  let logits = (0..<weight.rows).map { token in
    let logit = sumOfProducts(hidden, doubles(weight.rows(token..<token + 1)))
    return softCap.map { Double($0) * tanh(logit / Double($0)) } ?? logit
  }
  let top = logits.max() ?? 0
  let logNormalizer = top + log(logits.reduce(0) { $0 + exp($1 - top) })
  let entropy = logits.reduce(0) { $0 - exp($1 - logNormalizer) * ($1 - logNormalizer) }
  return (logits[target] - logNormalizer, entropy, logits.reduce(0, +) / Double(logits.count))
}

@Suite struct VocabularyHeadTests {
  let scratch = KernelScratch()

  @Test(arguments: [7, 1024, 5003], [nil, 2.5] as [Float?])
  func `log-probability, entropy, mean logit and gradient agree with the whole row of logits`(
    tokens: Int, softCap: Float?
  ) {
    var random = RandomNumbers(5)
    let context = ComputeContext(threadCount: 2)
    let (hidden, weight) = (random.window(5, 12, 2), random.window(tokens, 12, 2))
    let targets = [0, tokens - 1, tokens / 2, 3, 3]
    let gradient = Matrix(rows: 5, columns: 12)
    let scores = context.vocabularyHead(
      hidden: hidden, weight: weight, targets: targets, withStatistics: true, softCap: softCap,
      gradient: gradient, scratch: scratch)
    let plain = context.vocabularyHead(
      hidden: hidden, weight: weight, targets: targets, softCap: softCap, scratch: scratch)
    for row in 0..<5 {
      let values = doubles(hidden.rows(row..<row + 1))
      let expected = naiveRow(values, weight, target: targets[row], softCap: softCap)
      #expect(abs(Double(scores[row].logProbability) - expected.logProbability) < 2e-5)
      #expect(abs(Double(scores[row].entropy) - expected.entropy) < 2e-5)
      #expect(abs(Double(scores[row].meanLogit) - expected.meanLogit) < 2e-5)
      #expect(plain[row].logProbability == scores[row].logProbability)
      if row < 2 {
        let slope = slopes(values) {
          naiveRow($0, weight, target: targets[row], softCap: softCap).logProbability
        }
        #expect(worstDifference(gradient.rows(row..<row + 1).array, slope) < 2e-5)
      }
    }
  }

  @Test func `the thread count changes no bit`() {
    var random = RandomNumbers(6)
    let (hidden, weight) = (random.matrix(40, 16), random.matrix(9000, 16))
    let targets = (0..<40).map { $0 * 200 }
    let results = [1, 2, 3].map { threads in
      let gradient = Matrix(rows: 40, columns: 16)
      let scores = ComputeContext(threadCount: threads).vocabularyHead(
        hidden: hidden, weight: weight, targets: targets, gradient: gradient, scratch: scratch)
      return (scores, gradient.array)
    }
    #expect(results.allSatisfy { $0.0 == results[0].0 && $0.1 == results[0].1 })
  }

  @Test func `a NaN in the hidden state shows in the score`() {
    let hidden = Matrix([.nan, 1], rows: 1, columns: 2)
    let weight = Matrix([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
    let scores = ComputeContext(threadCount: 1).vocabularyHead(
      hidden: hidden, weight: weight, targets: [1], scratch: scratch)
    #expect(scores[0].logProbability.isNaN)
  }
}
