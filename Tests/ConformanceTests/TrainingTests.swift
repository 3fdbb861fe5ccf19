import KTOCore
import KTOData
import KTOKernels
import KTOModels
import Testing

@testable import KTOTrain

extension Conformance {
  /// The truth: `trl_parity.py`, by TRL's KTOTrainer. As many steps as it recorded.
  struct Training {
    /// Of the record, not of the training.
    private let notCompared: Set = ["wall_seconds", "peak_rss_bytes"]

    private func settings() throws -> TrainerSettings {
      let settings = try #require(try Oracles.json("trl_parity/base/run.json")["settings"])
      func number(_ name: String) throws -> Double { try #require(settings[name]?.double, "\(name)") }
      return TrainerSettings(
        loss: KTOLoss(beta: try number("beta")), estimator: MismatchedPairs(),
        maxSteps: Int(try number("max_steps")), batchSize: Int(try number("per_device_train_batch_size")),
        accumulation: Int(try number("gradient_accumulation_steps")),
        learningRate: try number("learning_rate"), maxGradientNorm: try number("max_grad_norm"),
        order: .sequential, maxLength: Int(try number("max_length")))
    }

    @Test func `every logged number of each step is TRL's within a thousandth`() throws {
      let model = try Oracles.model
      let adapter = try AdapterFolder.read(
        Oracles.path("trl_parity/base/initial_adapter"), for: model.plan)
      let initial = adapter.parameters.values.array
      let examples = try Oracles.lines("trl_parity/base/dataset.jsonl").enumerated().map { index, line in
        TokenizedExample(
          id: "\(index)", group: "\(index)", label: try #require(line["label"]?.bool as Bool?),
          promptIDs: line["prompt_ids"]?.tokens ?? [], completionIDs: line["completion_ids"]?.tokens ?? [])
      }
      var steps: [StepMetrics] = []
      let trainer = try Trainer(
        model: model, adapter: adapter, train: TrainingFeed(examples), settings: settings(),
        identity: RunIdentity([]),
        now: { 0 }, sink: { if case .step(let metrics, _, _) = $0 { steps.append(metrics) } })
      _ = try trainer.run()

      let expected = try Oracles.lines("trl_parity/base/metrics.jsonl")
      try #require(steps.count == expected.count && !steps.isEmpty)
      var worst = (ratio: 0.0, text: "")
      var count = 0
      for (step, line) in zip(steps, expected) {
        let ours = JSONNode(step.json)
        for member in try #require(line.object).members where !notCompared.contains(member.key) {
          let theirs = try #require(member.node.double)
          let value = try #require(ours[member.key]?.double, "\(member.key) at step \(step.step)")
          let difference = abs(value - theirs)
          let text = "\(member.key) at step \(step.step) is \(value), TRL's \(theirs)"
          #expect(difference <= max(1e-3 * abs(theirs), 1e-4), "\(text)")
          let ratio = difference / max(1e-3 * abs(theirs), 1e-4)
          if !(ratio <= worst.ratio) { worst = (ratio, text) }
          count += 1
        }
      }
      Oracles.report(
        "\(steps.count) steps of KTO, \(count) numbers: furthest from TRL, at \(worst.ratio) of what is allowed: "
          + worst.text)

      let final = try AdapterFolder.read(
        Oracles.path("trl_parity/base/final_adapter"), for: model.plan)
      let theirs = final.parameters.values.array
      let distance = Distance(adapter.parameters.values.array, from: theirs).squaredDifference
      let movement = Distance(initial, from: theirs).squaredDifference
      let share = (distance / movement).squareRoot()
      Oracles.report("distance of the trained adapters over how far TRL's moved: \(share)")
      #expect(share <= 1e-2)
    }
  }
}
