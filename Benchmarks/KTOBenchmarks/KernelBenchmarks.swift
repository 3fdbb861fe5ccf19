import Benchmark
import Foundation
import KTOCore
import KTOKernels

/// The sizes of SmolLM2-135M and a sequence as the side-by-side runs use it.
private enum Sizes {
  static let tokens = 512
  static let hidden = 576
  static let intermediate = 1536
  static let heads = 9
  static let keyHeads = 3
  static let headDimension = 64
}

/// Numbers in −1 ..< 1, the same each time.
private func randomMatrix(_ rows: Int, _ columns: Int) -> Matrix {
  var generator = SeededGenerator(seed: 1)
  return Matrix(
    (0..<rows * columns).map { _ in Float(2 * generator.nextUnit() - 1) }, rows: rows, columns: columns)
}

/// The products of a layer, y = x · Wᵀ, on one thread and on all; and attention.
func registerKernels() {
  let processors = ProcessInfo.processInfo.activeProcessorCount
  for threads in Set([1, processors]).sorted() {
    let context = ComputeContext(threadCount: threads)
    for (name, input, output) in [
      ("q_proj, o_proj", Sizes.hidden, Sizes.heads * Sizes.headDimension),
      ("k_proj, v_proj", Sizes.hidden, Sizes.keyHeads * Sizes.headDimension),
      ("gate_proj, up_proj", Sizes.hidden, Sizes.intermediate),
      ("down_proj", Sizes.intermediate, Sizes.hidden),
    ] {
      registerProduct("\(name) \(output)×\(input)", input: input, output: output, context)
    }
    registerAttention(context)
  }
}

private func registerProduct(_ name: String, input: Int, output: Int, _ context: ComputeContext) {
  let x = randomMatrix(Sizes.tokens, input)
  let weights = randomMatrix(output, input)
  let y = Matrix(rows: Sizes.tokens, columns: output)
  Rate.gigaflops.register(
    "product: \(name), \(Sizes.tokens) tokens, threads \(context.threadCount)",
    work: 2 * Double(Sizes.tokens * input * output)
  ) {
    context.multiply(x, .normal, weights, .transposed, into: y)
  }
}

private func registerAttention(_ context: ComputeContext) {
  let shape = AttentionShape(
    heads: Sizes.heads, keyHeads: Sizes.keyHeads, headDimension: Sizes.headDimension)
  let q = randomMatrix(Sizes.tokens, Sizes.heads * Sizes.headDimension)
  let k = randomMatrix(Sizes.tokens, Sizes.keyHeads * Sizes.headDimension)
  let v = randomMatrix(Sizes.tokens, Sizes.keyHeads * Sizes.headDimension)
  let out = Matrix(rows: Sizes.tokens, columns: q.columns)
  let scratch = KernelScratch()
  // What causality leaves, without the masked half of the blocks on the diagonal.
  let pairs = Sizes.tokens * (Sizes.tokens + 1) / 2
  Rate.gigaflops.register(
    "attention: forward, \(Sizes.tokens) tokens, threads \(context.threadCount)",
    work: 4 * Double(pairs * Sizes.heads * Sizes.headDimension)
  ) {
    context.attention(
      shape, segments: [AttentionSegment(rows: 0..<Sizes.tokens)], q: q, k: k, v: v, into: out,
      scratch: scratch)
  }
}
