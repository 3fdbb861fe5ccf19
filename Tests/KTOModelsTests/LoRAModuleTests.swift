import Testing

@testable import KTOKernels
@testable import KTOModels

struct LoRAModuleTests {
  private let plan = TinyModel().plan
  private static let modules: [LoRAModule] = [.query, .key, .value, .output, .gate, .up, .down]

  @Test(arguments: [
    (["q_proj"], [LoRAModule.query]), (["self_attn.v_proj", "down_proj"], [.value, .down]),
    (["*_proj"], Self.modules), (["all-linear"], Self.modules), (["**v*_*o*"], [.value]),
    (["mlp.*"], [.gate, .up, .down]),
    (["?_proj"], [.query, .key, .value, .output]),
  ])
  func `names and patterns choose linear layers`(patterns: [String], expected: [LoRAModule]) throws {
    #expect(try LoRAModule.chosen(by: patterns, in: plan) == expected)
  }

  @Test(arguments: ["c_attn", "proj", "*norm", "q_proj.weight", "lm_head"])
  func `a pattern that chooses nothing is refused`(pattern: String) {
    #expect(
      throws: LoRAAdapter.Failure.missingModule(pattern, available: plan.adapterModules.map(\.rawValue))
    ) {
      try LoRAModule.chosen(by: ["q_proj", pattern], in: plan)
    }
  }

  @Test func `layers limit an adapter to their tensors`() throws {
    let adapter = try LoRAAdapter(AdapterShape(rank: 2, layers: [1]), for: plan, seed: 1)
    let names = adapter.parameters.layout.tensors.map(\.name)
    #expect(names.count == 4 && names.allSatisfy { $0.contains(".layers.1.") })
    #expect(adapter.fits(AdapterTargets(ModelParts(plan))))
    #expect(throws: LoRAAdapter.Failure.layerOutOfRange(2, count: 2)) {
      _ = try LoRAAdapter(AdapterShape(layers: [0, 2]), for: plan, seed: 1)
    }
  }

  @Test(arguments: [("0-3", [0, 1, 2, 3]), ("0-1, 5", [0, 1, 5]), ("7", [7]), ("3,1-2", [1, 2, 3])])
  func `ranges of layers are read and written`(text: String, layers: [Int]) {
    #expect(LayerRanges.layers(text) == layers)
    #expect(LayerRanges.layers(LayerRanges.text(layers)) == layers)
  }

  @Test(arguments: ["", "a", "3-1", "1-", "-2", "1--2", "0-9-3", "99999999999999999999"])
  func `what is no range of layers is refused`(text: String) { #expect(LayerRanges.layers(text) == nil) }
}
