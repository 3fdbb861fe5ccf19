import KTOCore
import KTOData
import KTOHub
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

/// What a run would take, judged by two of its steps.
@Suite struct ForecastTests {
  /// Rows whose lengths differ; the first two of each class are the longest.
  private func examples(_ count: Int) -> [TokenizedExample] {
    (0..<count).map { number in
      func tokens(_ count: Int, _ step: Int) -> [UInt32] {
        (0..<count).map { place in UInt32(10 + (place * step + number) % 200) }
      }
      return TokenizedExample(
        id: "e\(number)", group: "g\(number)", label: number % 2 == 0, promptIDs: tokens(5, 7),
        completionIDs: tokens(number < 4 ? 30 : 6, 11))
    }
  }

  /// A clock that goes on by a second each time it is looked at.
  private final class Clock {
    private var seconds = 0.0
    func now() -> Double {
      seconds += 1
      return seconds
    }
  }

  private func forecast(
    steps: Int, validation: Int = 0, estimator: any ReferencePointEstimator = MismatchedPairs()
  ) throws -> (forecast: RunForecast, probed: [Int], adapter: LoRAAdapter) {
    let model = try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 1))
    let adapter = try LoRAAdapter(AdapterShape(rank: 2), for: model.plan, seed: 1)
    let clock = Clock()
    let trainer = try Trainer(
      model: model, adapter: adapter, train: TrainingFeed(examples(12)),
      validation: TrainingFeed(examples(validation)),
      settings: TrainerSettings(
        loss: KTOLoss(), estimator: estimator, maxSteps: steps, batchSize: 2, accumulation: 2,
        learningRate: 1e-3, order: .sequential, maxLength: 64, checkpointSteps: 3),
      identity: RunIdentity([]), now: { clock.now() }, sink: { _ in })
    var probed: [Int] = []
    let forecast = try trainer.forecast { step, _ in probed.append(step) }
    return (forecast, probed, adapter)
  }

  @Test func `the longest step is computed first, and judges its own length`() throws {
    let found = try forecast(steps: 3)
    #expect(found.probed.first == 1)
    #expect(found.forecast.probes.map(\.seconds) == [1, 1])
    #expect(found.forecast.stepSeconds.count == 3)
    #expect(found.forecast.stepSeconds[0] > 1.2 * found.forecast.stepSeconds[2])
    #expect(found.forecast.probes[0].tokenCount == 4 * 35)
  }

  @Test func `steps whose reference scores are known are shorter`() throws {
    let seconds = try forecast(steps: 6).forecast.stepSeconds
    for step in 0..<3 { #expect(seconds[step + 3] < 0.8 * seconds[step]) }
  }

  @Test func `a validation is judged without a backward pass, and is shorter the second time`() throws {
    let forecast = try forecast(steps: 6, validation: 4).forecast
    #expect(forecast.validationSeconds.count == 2)
    #expect(forecast.validationSeconds[1] < 0.8 * forecast.validationSeconds[0])
    #expect(forecast.totalSeconds == forecast.trainingSeconds + forecast.validationSeconds.reduce(0, +))
  }

  @Test func `nothing is trained`() throws {
    let found = try forecast(steps: 4, estimator: StepWindow())
    #expect(found.adapter.changesNothing)
  }
}
