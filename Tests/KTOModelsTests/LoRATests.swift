import Testing

@testable import KTOKernels
@testable import KTOModels

@Suite struct LoRATests {
  private let plan = TinyModel().plan

  @Test func `tensors have PEFT's names and shapes`() throws {
    let adapter = try LoRAAdapter(AdapterShape(rank: 3), for: plan, seed: 1)
    let tensors = adapter.parameters.layout.tensors
    #expect(
      tensors.prefix(4).map(\.name) == [
        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight",
        "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight",
        "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight",
        "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight",
      ])
    #expect(tensors.prefix(4).map { [$0.rows, $0.columns] } == [[3, 12], [16, 3], [3, 12], [8, 3]])
    #expect(tensors.count == 8)
  }

  @Test func `A fills its range, B is zero, and the seed decides`() throws {
    let shape = AdapterShape(rank: 64, targets: [.down])
    let adapter = try LoRAAdapter(shape, for: plan, seed: 1)
    let a = try #require(
      adapter.parameters.array("base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"))
    let b = try #require(
      adapter.parameters.array("base_model.model.model.layers.1.mlp.down_proj.lora_B.weight"))
    let bound = 1 / Float(18).squareRoot()
    #expect(
      a.allSatisfy { abs($0) <= bound } && (a.max() ?? 0) > 0.9 * bound && (a.min() ?? 0) < -0.9 * bound)
    #expect(b.allSatisfy { $0 == 0 })
    let again = try LoRAAdapter(shape, for: plan, seed: 1)
    let other = try LoRAAdapter(shape, for: plan, seed: 2)
    #expect(again.parameters.values.array == adapter.parameters.values.array)
    #expect(other.parameters.values.array != adapter.parameters.values.array)
  }

  @Test func `an adapter is read by name and refuses another shape`() throws {
    let made = try TinyModel().adapter([.query, .up])
    func read(_ name: String) -> (shape: [Int], values: [Float])? {
      made.parameters[name].map { ([$0.rows, $0.columns], $0.array) }
    }
    let copy = try LoRAAdapter(made.shape, for: plan, tensor: read)
    #expect(copy.parameters.values.array == made.parameters.values.array)
    let wider = AdapterShape(rank: 3, targets: [.query, .up])
    #expect(
      throws: LoRAAdapter.Failure.tensorShape(
        name: "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", expected: [3, 12],
        found: [2, 12])
    ) { try LoRAAdapter(wider, for: plan, tensor: read) }
    #expect(
      throws: LoRAAdapter.Failure.missingTensor(
        "base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight")
    ) { try LoRAAdapter(AdapterShape(rank: 2, targets: [.key]), for: plan, tensor: read) }
  }

  @Test func `impossible shapes are refused`() {
    func make(_ shape: AdapterShape) throws { _ = try LoRAAdapter(shape, for: plan, seed: 1) }
    #expect(throws: LoRAAdapter.Failure.rankOutOfRange(0)) { try make(AdapterShape(rank: 0)) }
    #expect(throws: LoRAAdapter.Failure.dropoutOutOfRange(1)) { try make(AdapterShape(dropout: 1)) }
    #expect(throws: LoRAAdapter.Failure.noTargets) { try make(AdapterShape(targets: [])) }
  }
}
