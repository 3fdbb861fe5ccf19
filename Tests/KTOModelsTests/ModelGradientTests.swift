import KTOCore
import Testing

@testable import KTOKernels
@testable import KTOModels

@Suite struct ModelGradientTests {
  private let rows = zip([prompt, [2, 2], [17]], answers).map { TrainingRow(prompt: $0, completion: $1) }
  private let coefficients = [0.7, -1.3, 0.4]

  private func gradients(
    _ tiny: TinyModel, _ adapter: LoRAAdapter, isCheckpointed: Bool = false, threads: Int = 2
  ) throws -> ParameterSet {
    let model = try tiny.load(threads: threads)
    let gradients = ParameterSet(adapter.parameters.layout)
    let pass = try model.forward(rows, adapter: adapter, isCheckpointed: isCheckpointed, dropoutSeed: 3)
    model.backward(pass, coefficients: coefficients, into: gradients)
    return gradients
  }

  @Test(arguments: tinyModels)
  func `the gradient of every adapter tensor agrees with finite differences of the double-precision model`(
    tiny: TinyModel
  ) throws {
    let adapter = try tiny.adapter()
    let found = try gradients(tiny, adapter)
    let naive = NaiveModel(tiny, adapter: adapter)
    func objective(_ model: NaiveModel) -> Double {
      var sum = 0.0
      for (row, coefficient) in zip(rows, coefficients) {
        sum += coefficient * model.logProbability(row.prompt, row.completion)
      }
      return sum
    }
    let step = 1e-5
    for tensor in found.layout.tensors {
      let values = try #require(found.array(tensor.name))
      for index in [0, values.count / 2, values.count - 1] {
        let high = objective(naive.moved(tensor.name, index, by: step))
        let low = objective(naive.moved(tensor.name, index, by: -step))
        let expected = (high - low) / (2 * step)
        #expect(
          abs(Double(values[index]) - expected) < 2e-4 * max(1, abs(expected)), "\(tensor.name)[\(index)]")
      }
    }
  }

  @Test(arguments: tinyModels)
  func `checkpointing changes no bit of the gradient, with dropout as without`(tiny: TinyModel) throws {
    for dropout in [0, 0.3] {
      let adapter = try tiny.adapter(dropout: dropout)
      let plain = try gradients(tiny, adapter).values.array
      #expect(try gradients(tiny, adapter, isCheckpointed: true).values.array == plain)
    }
  }

  @Test(arguments: [[LoRAModule.query, .value], [.down], [.output], [.gate, .key]])
  func `a subset of the modules has the gradients it has among all`(targets: [LoRAModule]) throws {
    let tiny = TinyModel()
    let all = try tiny.adapter()
    // The same function: the modules left out are those whose factors are zero.
    for tensor in all.parameters.layout.tensors
    where !targets.contains(where: { tensor.name.contains($0.rawValue) }) {
      _ = all.parameters.set(tensor.name, to: [Float](repeating: 0, count: tensor.range.count))
    }
    let some = try tiny.adapter(targets)
    for tensor in some.parameters.layout.tensors {
      _ = some.parameters.set(tensor.name, to: all.parameters.array(tensor.name) ?? [])
    }
    let (expected, found) = (try gradients(tiny, all), try gradients(tiny, some))
    for tensor in found.layout.tensors {
      let pairs = zip(found.array(tensor.name) ?? [], expected.array(tensor.name) ?? [])
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func `rows run together have the sum of the gradients of rows run alone`() throws {
    let tiny = TinyModel()
    let (model, adapter) = (try tiny.load(), try tiny.adapter())
    let together = try gradients(tiny, adapter).values.array
    let sum = ParameterSet(adapter.parameters.layout)
    for (row, coefficient) in zip(rows, coefficients) {
      let pass = try model.forward([row], adapter: adapter)
      model.backward(pass, coefficients: [coefficient], into: sum)
    }
    #expect(zip(together, sum.values.array).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `one thread and two give the same gradient`() throws {
    let tiny = TinyModel()
    let adapter = try tiny.adapter()
    let pairs = zip(
      try gradients(tiny, adapter, threads: 1).values.array, try gradients(tiny, adapter).values.array)
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `dropout zeroes its share, repeats by its seed, and has the gradient of what it computed`()
    throws
  {
    let tiny = TinyModel()
    let (model, adapter) = (try tiny.load(), try tiny.adapter([.query, .down], dropout: 0.5))
    func total(_ seed: UInt64?) throws -> Double {
      let pass = try model.forward(rows, adapter: adapter, dropoutSeed: seed)
      var sum = 0.0
      for (score, coefficient) in zip(pass.scores, coefficients) { sum += score.logProbability * coefficient }
      return sum
    }
    #expect(try total(1) == total(1))
    #expect(try total(1) != total(2))
    #expect(try total(1) != total(nil))
    // Along a direction, with float32 steps: coarse, but a mask that differed between the passes would show.
    let gradients = try gradients(tiny, adapter)
    var random = SeededGenerator(seed: 8)
    let direction = (0..<gradients.layout.count).map { _ in Float(random.nextUnit() * 2 - 1) }
    let start = adapter.parameters.values.array
    func moved(_ step: Float) throws -> Double {
      adapter.parameters.values.copy(from: zip(start, direction).map { $0 + step * $1 })
      return try total(3)
    }
    let slope = (try moved(0.01) - moved(-0.01)) / 0.02
    var expected = 0.0
    for (slope, step) in zip(gradients.values.array, direction) { expected += Double(slope * step) }
    #expect(abs(slope - expected) < 0.02 * abs(expected) + 0.01)
  }

  @Test func `coefficients that are all zero leave the gradients alone`() throws {
    let tiny = TinyModel()
    let (model, adapter) = (try tiny.load(), try tiny.adapter())
    let gradients = ParameterSet(adapter.parameters.layout)
    let pass = try model.forward(rows, adapter: adapter)
    model.backward(pass, coefficients: [0, 0, 0], into: gradients)
    #expect(gradients.values.array.allSatisfy { $0 == 0 })
  }

  @Test func `a tensor with a NaN is found by name`() throws {
    let set = try TinyModel().adapter().parameters
    #expect(set.firstNonFinite == nil)
    let name = set.layout.tensors[5].name
    set[name]?[0, 1] = .nan
    #expect(set.firstNonFinite == name)
  }
}
