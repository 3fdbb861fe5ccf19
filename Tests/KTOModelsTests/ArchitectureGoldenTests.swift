import Foundation
import KTOCore
import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOModels

/// The folders of `Tests/Fixtures/architectures`: an architecture's name, and what sets it apart where there are several.
let architectureGoldens = Fixtures.folders(in: "architectures")

/// Small models of each architecture against transformers 5.23 and torch 2.13, as
/// `Tests/Oracles/architecture_goldens.py` recorded them.
struct ArchitectureGoldenTests {
  private struct Golden {
    let model: CausalLM
    let adapter: LoRAAdapter
    let report: JSONNode
    let tensors: SafetensorsFile
    let rows: [TrainingRow]
  }

  private func golden(_ name: String) throws -> Golden {
    let folder = try Fixtures.unpacked("architectures/\(name)")
    let model = try CausalLM(folder: folder, context: ComputeContext(threadCount: 1))
    let report = try #require(Fixtures.lines(folder + "/golden.json").first)
    let rows = try #require(report["rows"]?.array).map {
      TrainingRow(
        prompt: Fixtures.tokens($0["prompt_ids"]), completion: Fixtures.tokens($0["completion_ids"]))
    }
    return Golden(
      model: model, adapter: try AdapterFolder.read(folder + "/adapter", for: model.plan), report: report,
      tensors: try SafetensorsFile(path: folder + "/golden.safetensors"), rows: rows)
  }

  private func values(_ name: String, _ file: SafetensorsFile) throws -> [Float] {
    var values = [Float](repeating: 0, count: try file.info(name).elementCount)
    var span = values.mutableSpan
    try file.read(name, into: &span)
    return values
  }

  @Test(arguments: architectureGoldens)
  func `logits are those of transformers within 1e-5`(name: String) throws {
    let golden = try golden(name)
    let tokens = Fixtures.tokens(golden.report["tokens"])
    let ours = try golden.model.logits(tokens, adapter: nil).array
    let theirs = try values("logits", golden.tensors)
    try #require(ours.count == theirs.count && tokens.count > 10)
    let worst = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 1e-5)
  }

  @Test(arguments: architectureGoldens)
  func `log-probabilities are those of transformers, without and with an adapter of PEFT`(
    name: String
  ) throws {
    let golden = try golden(name)
    let groups = golden.rows.map { PromptGroup(prompt: $0.prompt, completions: [$0.completion]) }
    let plain = try golden.model.score(groups, adapter: nil)
    let adapted = try golden.model.score(groups, adapter: golden.adapter)
    for (index, node) in try #require(golden.report["rows"]?.array).enumerated() {
      let theirs = try #require(node["token_logprobs"]?.array).compactMap(\.double)
      let ours = plain[index][0].tokenLogProbabilities
      try #require(theirs.count == ours.count)
      #expect(zip(ours, theirs).allSatisfy { abs(Double($0) - $1) <= 1e-5 })
      let total = try #require(node["adapted_logprob"]?.double)
      #expect(abs(adapted[index][0].logProbability - total) <= 1e-6 * abs(total))
    }
  }

  @Test(arguments: architectureGoldens, [false, true])
  func `the gradient of every adapter tensor is torch's within 1e-5 of its norm`(
    name: String, isCheckpointed: Bool
  ) throws {
    let golden = try golden(name)
    let nodes = try #require(golden.report["rows"]?.array)
    let pass = try golden.model.forward(golden.rows, adapter: golden.adapter, isCheckpointed: isCheckpointed)
    let gradients = ParameterSet(golden.adapter.parameters.layout)
    golden.model.backward(
      pass, coefficients: nodes.compactMap { $0["coefficient"]?.double }, into: gradients)
    let plan = golden.model.plan
    try #require(gradients.layout.tensors.count == 2 * plan.adapterModules.count * plan.layerCount)
    for tensor in gradients.layout.tensors {
      let theirs = try values("gradient/" + tensor.name, golden.tensors)
      let ours = try #require(gradients[tensor.name]?.array)
      let distance = zip(ours, theirs).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }.squareRoot()
      let norm = theirs.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(distance <= 1e-5 * norm, "\(tensor.name): \(distance) of \(norm)")
    }
  }
}
