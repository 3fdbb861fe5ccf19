import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOModels
@testable import KTOTrain

@Suite struct OptimizerTests {
  private let context = ComputeContext(threadCount: 1)

  private func set(_ values: [Float]) -> ParameterSet {
    var layout = ParameterLayout()
    layout.append("x", rows: 1, columns: values.count)
    let set = ParameterSet(layout)
    _ = set.set("x", to: values)
    return set
  }

  @Test func `with a ratio B moves by that many times what it would move, and A as ever`() throws {
    let model = try ModelPlan(folder: Fixtures.tinyModel)
    func moved(ratio: Double) throws -> ParameterSet {
      let adapter = try LoRAAdapter(AdapterShape(rank: 2), for: model, seed: 1)
      let gradients = adapter.parameters.copy()
      gradients.values.fill(0.5)
      let start = adapter.parameters.copy()
      var optimizer = AdamWOptimizer(adapter.parameters.layout)
      optimizer.plusRatio = ratio
      _ = optimizer.step(
        adapter.parameters, gradients: gradients, learningRate: 1e-3, context: ComputeContext(threadCount: 1))
      let difference = zip(adapter.parameters.values.array, start.values.array).map { $0 - $1 }
      start.values.copy(from: difference)
      return start
    }
    let (plain, plus) = (try moved(ratio: 1), try moved(ratio: 16))
    for tensor in plain.layout.tensors {
      let factor: Float = tensor.isB ? 16 : 1
      let pairs = zip(plain.array(tensor.name) ?? [], plus.array(tensor.name) ?? [])
      #expect(pairs.allSatisfy { abs($0 * factor - $1) < 2e-6 })
    }
  }

  @Test func `the first step moves each parameter by the learning rate against its gradient`() {
    let (parameters, gradients) = (set([1, 2, 3]), set([0.3, -20, 0]))
    var optimizer = AdamWOptimizer(parameters.layout, maximumNorm: nil)
    let norm = optimizer.step(parameters, gradients: gradients, learningRate: 0.1, context: context)
    let expected: [Float] = [0.9, 2.1, 3]
    #expect(zip(parameters.values.array, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(norm - (0.09 + 400).squareRoot()) < 1e-5 && optimizer.stepCount == 1)
  }

  @Test func `clipping scales a large gradient to the norm and leaves a small one alone`() {
    for (gradient, clip) in [([Float(3), 4], 1 / (5 + 1e-6)), ([Float(0.3), 0.4], 1.0)] {
      let parameters = set([0, 0])
      var optimizer = AdamWOptimizer(parameters.layout, maximumNorm: 1)
      let norm = optimizer.step(parameters, gradients: set(gradient), learningRate: 0.1, context: context)
      let moments = optimizer.firstMoment.values.array
      #expect(zip(moments, gradient).allSatisfy { abs(Double($0) - 0.1 * Double($1) * clip) < 1e-7 })
      #expect(norm > clip * 0.4)
    }
  }

  @Test func `saved moments go on as if never stopped`() {
    let steps: [[Float]] = [[1, -2], [0.5, 0.1], [-3, 1]]
    let whole = set([1, 1])
    var optimizer = AdamWOptimizer(whole.layout)
    for step in steps {
      _ = optimizer.step(whole, gradients: set(step), learningRate: 0.01, context: context)
    }

    let parts = set([1, 1])
    var first = AdamWOptimizer(parts.layout)
    _ = first.step(parts, gradients: set(steps[0]), learningRate: 0.01, context: context)
    var second = AdamWOptimizer(
      firstMoment: first.firstMoment.copy(), secondMoment: first.secondMoment.copy(),
      stepCount: first.stepCount)
    for step in steps.dropFirst() {
      _ = second.step(parts, gradients: set(step), learningRate: 0.01, context: context)
    }
    #expect(parts.values.array == whole.values.array)
  }

  @Test func `a gradient that is not finite changes nothing`() {
    let parameters = set([1, 2])
    var optimizer = AdamWOptimizer(parameters.layout)
    let norm = optimizer.step(parameters, gradients: set([.nan, 1]), learningRate: 0.1, context: context)
    #expect(norm.isNaN && optimizer.stepCount == 0)
    #expect(parameters.values.array == [1, 2] && optimizer.secondMoment.values.array == [0, 0])
  }

  @Test func `without warm-up the rate falls from the peak by equal steps`() {
    let schedule = LinearSchedule(peak: 5e-5, totalSteps: 50)
    #expect(schedule.rate(step: 1) == 5e-5)
    #expect(abs(schedule.rate(step: 50) - 1e-6) < 1e-18)
    #expect(schedule.rate(step: 51) == 0 && schedule.rate(step: 60) == 0)
  }

  @Test func `warm-up rises from zero to the peak`() {
    let schedule = LinearSchedule(peak: 1, warmupSteps: 4, totalSteps: 8)
    #expect((1...9).map(schedule.rate) == [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0])
  }
}
