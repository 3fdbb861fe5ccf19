import KTOCore
import KTOKernels
import KTOModels
import Testing

@testable import KTOTrain

extension Conformance {
  /// The truth: `dump_gradients.py`, by torch in float32.
  struct BackwardPass {
    @Test(arguments: ["microbatch_1", "microbatch_2"])
    func `gradients of every adapter tensor are those of torch`(_ name: String) throws {
      let model = try Oracles.model
      let adapter = try AdapterFolder.read(Oracles.path("adapter"), for: model.plan)
      let report = try Oracles.json("smollm2_gradients/\(name).json")
      let nodes = try #require(report["rows"]?.array)
      let rows = nodes.map {
        TrainingRow(prompt: $0["prompt_ids"]?.tokens ?? [], completion: $0["completion_ids"]?.tokens ?? [])
      }

      // The loss of the microbatch, from our own scores.
      let mismatched = nodes.map { $0["kl_completion_ids"]?.tokens ?? [] }
      let pass = try model.forward(rows, adapter: adapter)
      let mismatchedScores = try model.score(mismatched, after: pass)
      let reference = try model.score(
        zip(rows, mismatched).map { PromptGroup(prompt: $0.prompt, completions: [$0.completion, $1]) },
        adapter: nil)
      let lossRows = try nodes.indices.map { index in
        KTORow(
          isDesirable: try #require(nodes[index]["label"]?.bool as Bool?),
          policyLogProbability: pass.scores[index].logProbability,
          referenceLogProbability: reference[index][0].logProbability,
          completionTokenCount: rows[index].completion.count)
      }
      let ratios = try mismatchedScores.enumerated().map { index, score in
        try #require(score).logProbability - reference[index][1].logProbability
      }
      let loss = KTOLoss(beta: try #require(report["beta"]?.double)).batch(
        lossRows, ReferencePoints(ReferencePoint(logRatios: ratios)))
      let theirLoss = try #require(report["loss"]?.double)
      #expect(abs(loss.loss - theirLoss) <= 1e-5, "loss \(loss.loss), torch \(theirLoss)")

      let gradients = ParameterSet(adapter.parameters.layout)
      model.backward(pass, coefficients: loss.coefficients, into: gradients)
      try compare(gradients, "kto", name)
      gradients.setZero()
      model.backward(
        try model.forward(rows, adapter: adapter), coefficients: rows.map { _ in 1 }, into: gradients)
      try compare(gradients, "logp", name)
    }

    private func compare(_ gradients: ParameterSet, _ what: String, _ microbatch: String) throws {
      let path = try Oracles.path("smollm2_gradients/\(microbatch).safetensors")
      let file = try SafetensorsFile(path: path)
      var overall = Distance()
      var worst = 0.0
      for tensor in gradients.layout.tensors {
        let theirs = try Oracles.tensor(what + "/" + tensor.name, of: file)
        let ours = try #require(gradients.array(tensor.name))
        try #require(ours.count == theirs.count)
        let distance = Distance(ours, from: theirs)
        #expect(distance.relative <= 1e-3, "\(what)/\(tensor.name): \(distance.relative)")
        worst = max(worst, distance.relative)
        overall = overall + distance
      }
      Oracles.report(
        "relative difference of the \(what) gradient, \(microbatch), \(gradients.layout.tensors.count) tensors: "
          + "overall \(overall.relative), worst tensor \(worst)")
      #expect(overall.relative <= 1e-4)
    }
  }
}
