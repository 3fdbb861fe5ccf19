import Foundation
import KTOCore
import Testing

@testable import KTOKernels
@testable import KTOModels

@Suite struct GenerationTests {
  private func generate(
    _ model: CausalLM, _ prompt: [UInt32], adapter: LoRAAdapter? = nil, count: Int, ends: [UInt32] = [],
    sampler: TokenSampler = .greedy, seed: UInt64 = 1
  ) throws -> GeneratedText {
    var generator = SeededGenerator(seed: seed)
    return try model.generate(
      prompt: prompt, adapter: adapter, maximumTokens: count, endTokens: ends, sampler: sampler,
      using: &generator)
  }

  @Test(arguments: tinyModels)
  func `greedy tokens are those of full passes without a cache`(tiny: TinyModel) throws {
    let (model, adapter) = (try tiny.load(), try tiny.adapter())
    let found = try generate(model, prompt, adapter: adapter, count: 20)
    var tokens = prompt
    for _ in 0..<20 {
      let row = try #require(NaiveModel(tiny, adapter: adapter).logits(tokens).last)
      tokens.append(UInt32(row.indices.max { row[$0] < row[$1] } ?? 0))
    }
    #expect(found.tokens == Array(tokens.dropFirst(prompt.count)) && found.stopReason == .tokenLimit)
  }

  @Test func `an end token stops and is not delivered`() throws {
    let model = try TinyModel().load()
    let sampler = TokenSampler(temperature: 1.5)
    let free = try generate(model, prompt, count: 10, sampler: sampler).tokens
    let end = try #require(free.first { $0 != free[0] })
    let stopped = try generate(model, prompt, count: 10, ends: [end], sampler: sampler)
    #expect(stopped.stopReason == .endToken(end))
    #expect(stopped.tokens == Array(free.prefix { $0 != end }))
  }

  @Test func `the caller can stop it, and the model's positions do`() throws {
    let model = try TinyModel().load()
    var generator = SeededGenerator(seed: 1)
    var heard: [UInt32] = []
    let result = try model.generate(
      prompt: prompt, adapter: nil, maximumTokens: 30, endTokens: [], using: &generator
    ) {
      heard.append($0)
      return heard.count < 3
    }
    #expect(result.stopReason == .cancelled && result.tokens == heard && heard.count == 3)
    let long = try generate(model, prompt, count: 1000)
    #expect(long.stopReason == .positionLimit && long.tokens.count == 64 - prompt.count)
  }

  @Test func `sampling repeats by its seed and differs between seeds`() throws {
    let model = try TinyModel().load()
    let sampler = TokenSampler(temperature: 1.5)
    let first = try generate(model, prompt, count: 20, sampler: sampler, seed: 1)
    #expect(try generate(model, prompt, count: 20, sampler: sampler, seed: 1) == first)
    #expect(try generate(model, prompt, count: 20, sampler: sampler, seed: 2) != first)
  }

  @Test func `top-p draws from the smallest set that reaches it, in proportion`() {
    var generator = SeededGenerator(seed: 4)
    // Probabilities 0.5, 0.3, 0.15, 0.05.
    let logits: [Float] = [0.15, 0.5, 0.05, 0.3].map { Float(Double($0).logarithm) }
    var counts = [0, 0, 0, 0]
    for _ in 0..<8000 {
      counts[TokenSampler(temperature: 1, topP: 0.75).choose(logits, using: &generator)] += 1
    }
    #expect(counts[0] == 0 && counts[2] == 0)
    #expect(abs(Double(counts[1]) / 8000 - 0.625) < 0.03)
  }

  @Test func `a temperature near zero is greedy`() {
    var generator = SeededGenerator(seed: 4)
    let sampler = TokenSampler(temperature: 1e-4)
    #expect((0..<50).allSatisfy { _ in sampler.choose([0.1, 0.3, 0.2], using: &generator) == 1 })
  }
}

extension Double {
  fileprivate var logarithm: Double { Foundation.log(self) }
}
