import Foundation
import KTOCore
import KTOKernels
import KTOModels
import KTOTestSupport
import Testing

@testable import KTOTrain

/// The embedded model against transformers 5.23 and torch 2.13, as `Tests/Oracles/make_tiny_goldens.py` recorded them.
/// Two of the four sequences are longer than the sliding window.
struct TinyModelGoldenTests {
  private var model: CausalLM {
    get throws { try CausalLM(folder: Fixtures.tinyModel, context: ComputeContext(threadCount: 2)) }
  }

  private func sequences() throws -> [JSONNode] {
    let golden = try #require(Fixtures.lines(Fixtures.path("tiny_model/logits.json")).first)
    return try #require(golden["sequences"]?.array)
  }

  @Test func `logits are those of transformers within a thousandth`() throws {
    let model = try model
    for sequence in try sequences() {
      let tokens = Fixtures.tokens(sequence["prompt_ids"]) + Fixtures.tokens(sequence["completion_ids"])
      let logits = try model.logits(tokens, adapter: nil)
      for place in try #require(sequence["logits"]?.array) {
        let position = try #require(place["position"]?.int)
        let row = logits.rows(position..<position + 1).array
        for (id, theirs) in zip(Fixtures.tokens(place["top_ids"]), place["top_logits"]?.array ?? []) {
          let difference = try abs(Double(row[Int(id)]) - #require(theirs.double))
          #expect(difference <= 1e-3, "position \(position), token \(id)")
        }
        let normalizer = log(row.reduce(0) { $0 + exp(Double($1)) })
        let theirs = try #require(place["logsumexp"]?.double)
        #expect(abs(normalizer - theirs) <= 1e-3, "position \(position)")
      }
    }
  }

  @Test func `log-probabilities of completions are those of transformers within 1e-4`() throws {
    let model = try model
    for sequence in try sequences() {
      let ours = try model.logProbability(
        prompt: Fixtures.tokens(sequence["prompt_ids"]),
        completion: Fixtures.tokens(sequence["completion_ids"]), adapter: nil)
      let theirs = try #require(sequence["logprob"]?.double)
      #expect(abs(ours - theirs) <= 1e-4 * abs(theirs), "\(ours), transformers \(theirs)")
    }
  }

  @Test func `the gradient of a KTO loss is torch's in every adapter tensor`() throws {
    let folder = try Fixtures.unpacked("tiny_parity")
    let model = try model
    let adapter = try AdapterFolder.read(folder + "/initial_adapter", for: model.plan)
    var parser = JSONParser()
    let report = try parser.parse(readFile(folder + "/gradients.json"))
    let nodes = try #require(report["rows"]?.array)
    let rows = nodes.map {
      TrainingRow(
        prompt: Fixtures.tokens($0["prompt_ids"]), completion: Fixtures.tokens($0["completion_ids"]))
    }
    let pass = try model.forward(rows, adapter: adapter)
    let lossRows = try nodes.enumerated().map { index, node in
      KTORow(
        isDesirable: try #require(node["label"]?.bool as Bool?),
        policyLogProbability: pass.scores[index].logProbability,
        referenceLogProbability: try #require(node["ref_logp"]?.double),
        completionTokenCount: rows[index].completion.count)
    }
    let z0 = ReferencePoint(logRatios: [try #require(report["z0"]?.double)])
    let loss = KTOLoss().batch(lossRows, ReferencePoints(z0))
    let gradients = ParameterSet(adapter.parameters.layout)
    model.backward(pass, coefficients: loss.coefficients, into: gradients)

    let file = try SafetensorsFile(path: folder + "/gradients.safetensors")
    for tensor in gradients.layout.tensors {
      let name = try #require(
        file.tensors.map(\.name).first { $0.hasSuffix(tensor.name) && !$0.contains("logp/") })
      let ours = try #require(gradients[tensor.name]?.array)
      var theirs = [Float](repeating: 0, count: ours.count)
      var span = theirs.mutableSpan
      try file.read(name, into: &span)
      let distance = zip(ours, theirs).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
      let norm = theirs.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(distance <= 1e-3 * norm, "\(tensor.name): \(distance) of \(norm)")
    }
  }
}
