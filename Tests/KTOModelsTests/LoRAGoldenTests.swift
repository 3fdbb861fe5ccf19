import Foundation
import KTOCore
import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOModels

/// Kinds of adapters that PEFT 0.21 saved, with what torch 2.13 computes with them, as `Tests/Oracles/lora_goldens.py`
/// recorded them.
struct LoRAGoldenTests {
  private func load(_ kind: String) throws -> (model: CausalLM, adapter: LoRAAdapter, folder: String) {
    let model = try CausalLM(
      folder: Fixtures.unpacked("architectures/llama"), context: ComputeContext(threadCount: 1))
    let folder = try Fixtures.unpacked("lora/\(kind)")
    return (model, try AdapterFolder.read(folder, for: model.plan), folder)
  }

  @Test(arguments: ["rslora_layers", "expression", "all_linear"])
  func `log-probabilities and gradients are those of PEFT and torch`(kind: String) throws {
    let (model, adapter, folder) = try load(kind)
    let report = try #require(Fixtures.lines(folder + "/golden.json").first)
    let nodes = try #require(report["rows"]?.array)
    let rows = nodes.map {
      TrainingRow(
        prompt: Fixtures.tokens($0["prompt_ids"]), completion: Fixtures.tokens($0["completion_ids"]))
    }
    let pass = try model.forward(rows, adapter: adapter)
    for (score, node) in zip(pass.scores, nodes) {
      let expected = try #require(node["adapted_logprob"]?.double)
      #expect(abs(score.logProbability - expected) <= 1e-6 * abs(expected))
    }
    let gradients = ParameterSet(adapter.parameters.layout)
    model.backward(pass, coefficients: nodes.compactMap { $0["coefficient"]?.double }, into: gradients)
    let file = try SafetensorsFile(path: folder + "/golden.safetensors")
    try #require(gradients.layout.tensors.count == file.tensors.count)
    for tensor in gradients.layout.tensors {
      var theirs = [Float](repeating: 0, count: tensor.range.count)
      var span = theirs.mutableSpan
      try file.read("gradient/" + tensor.name, into: &span)
      let ours = try #require(gradients[tensor.name]?.array)
      let distance = zip(ours, theirs).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
      let norm = theirs.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(distance <= 1e-5 * norm, "\(tensor.name): \(distance) of \(norm)")
    }
  }

  @Test func `a rank-stabilized adapter on one layer is read with its scale and layers`() throws {
    let shape = try load("rslora_layers").adapter.shape
    #expect(shape.layers == [1] && shape.isRankStabilized && shape.targets == [.query, .down])
    #expect(abs(Double(shape.scale) - 4 / 3.0.squareRoot()) < 1e-6)
  }

  @Test func `what is written is read as it was`() throws {
    for kind in ["rslora_layers", "expression", "all_linear"] {
      let (model, adapter, _) = try load(kind)
      let folder = try TemporaryFolder()
      let base = AdaptedModel(name: "some/model", revision: nil, plan: model.plan)
      try AdapterFolder.write(adapter, for: base, to: folder.path + "/a", force: false)
      let read = try AdapterFolder.read(folder.path + "/a", for: model.plan)
      #expect(read.shape == adapter.shape)
      #expect(read.parameters.values.array == adapter.parameters.values.array)
    }
  }
}
