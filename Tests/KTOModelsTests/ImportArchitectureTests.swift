import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOCore
@testable import KTOModels

/// GGUF files of architectures other than Llama's: what they are called there, and what the converter did to them.
struct ImportArchitectureTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// The tiny Llama's sizes under another architecture's name, imported.
  private func imported(
    _ name: String, _ change: (inout GGUFBuilder) -> Void = { _ in }
  ) throws -> (config: JSONNode, weights: ModelWeights, plan: ModelPlan) {
    var file = GGUFBuilder.tinyLlama()
    file.rename(architecture: name)
    change(&file)
    let path = temporary.path + "/a.gguf"
    try writeFile(path, file.bytes, force: true)
    let folder = try ModelImporter(gguf: path)
      .run(name: "org/name", cache: temporary.path + "/cache", force: true).snapshotPath
    var parser = JSONParser()
    let model = try CausalLM(folder: folder, context: ComputeContext(threadCount: 1))
    return (
      try parser.parse(readFile(folder + "/config.json")), try ModelWeights(folder: folder), model.plan
    )
  }

  private func firstColumn(_ name: String, _ weights: ModelWeights) throws -> [Float] {
    let (values, shape) = (try weights.read(name), try weights.info(name).shape)
    return (0..<shape[0]).map { values[$0 * shape[1]] / Float(shape[1]) }
  }

  @Test func `a SmolLM3 has its rows in Llama's order and every fourth layer without positions`() throws {
    let (config, weights, plan) = try imported("smollm3")
    #expect(config["architectures"]?.array?.first?.string == "SmolLM3ForCausalLM")
    #expect(config["no_rope_layer_interval"]?.int == 4 && plan.unrotatedLayers.isEmpty)
    #expect(plan.rotaryBase == 100_000)
    #expect(
      try firstColumn("model.layers.0.self_attn.q_proj.weight", weights) == [0, 2, 1, 3, 4, 6, 5, 7])
  }

  @Test func `a Granite brings its scales`() throws {
    let (config, weights, plan) = try imported("granite") {
      $0.set("granite.attention.scale", .float32(0.015625))
      $0.set("granite.embedding_scale", .float32(12))
      $0.set("granite.residual_scale", .float32(0.22))
      $0.set("granite.logit_scale", .float32(8))
    }
    #expect(config["residual_multiplier"]?.double == 0.22)
    #expect(plan.attentionScale == 0.015625 && plan.embeddingScale == 12 && plan.residualScale == 0.22)
    #expect(plan.logitScale == 0.125)
    #expect(try firstColumn("model.layers.0.self_attn.k_proj.weight", weights) == [0, 2, 1, 3])
  }

  private func addEndNorms(_ file: inout GGUFBuilder) {
    file.add("blk.0.post_attention_norm.weight", [8], [Float](repeating: 3, count: 8))
    file.add("blk.0.post_ffw_norm.weight", [8], [Float](repeating: 4, count: 8))
  }

  @Test func `an OLMo 2 has its norms at the blocks' ends and keeps the order of its rows`() throws {
    let (_, weights, plan) = try imported("olmo2") {
      $0.remove(["blk.0.attn_norm.weight", "blk.0.ffn_norm.weight"])
      addEndNorms(&$0)
      $0.add("blk.0.attn_q_norm.weight", [8], [1, 2, 3, 4, 5, 6, 7, 8])
      $0.add("blk.0.attn_k_norm.weight", [4], [4, 3, 2, 1])
    }
    #expect(plan.normPlacement == .after && plan.queryKeyNorm == .allHeads)
    #expect(
      try weights.read("model.layers.0.post_attention_layernorm.weight") == [Float](repeating: 3, count: 8))
    #expect(
      try weights.read("model.layers.0.post_feedforward_layernorm.weight") == [Float](repeating: 4, count: 8))
    #expect(try weights.read("model.layers.0.self_attn.q_norm.weight") == [1, 2, 3, 4, 5, 6, 7, 8])
    #expect(
      try firstColumn("model.layers.0.self_attn.q_proj.weight", weights) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func `a Gemma 2 gets back the 1 that was added to its norms, and the activation of its kind`() throws
  {
    let (config, weights, plan) = try imported("gemma2") {
      addEndNorms(&$0)
      $0.set("gemma2.attention.sliding_window", .uint32(16))
      $0.set("gemma2.attn_logit_softcapping", .float32(50))
      $0.set("gemma2.final_logit_softcapping", .float32(30))
    }
    #expect(config["hidden_activation"]?.string == "gelu_pytorch_tanh")
    #expect(config["query_pre_attn_scalar"]?.int == 4)
    #expect(plan.slidingWindow == 16 && plan.window(ofLayer: 0) == 16 && plan.attentionSoftCap == 50)
    #expect(plan.isHeadTied && plan.logitSoftCap == 30)
    #expect(try weights.read("model.norm.weight") == [-1, 0, 1, 2, 3, 4, 5, 6])
    #expect(
      try weights.read("model.layers.0.post_feedforward_layernorm.weight") == [Float](repeating: 3, count: 8))
    #expect(
      try weights.read("model.layers.0.pre_feedforward_layernorm.weight") == [-1, 0, 1, 2, 3, 4, 5, 6])
    #expect(
      try firstColumn("model.layers.0.self_attn.q_proj.weight", weights) == [0, 1, 2, 3, 4, 5, 6, 7])
  }

  @Test func `a Gemma 3 has norms of its heads, and scaled positions in the layers without a window`() throws
  {
    let (config, weights, plan) = try imported("gemma3") {
      addEndNorms(&$0)
      $0.set("gemma3.attention.sliding_window", .uint32(16))
      $0.set("gemma3.rope.scaling.type", .string("linear"))
      $0.set("gemma3.rope.scaling.factor", .float32(8))
      $0.add("blk.0.attn_q_norm.weight", [4], [1, 2, 3, 4])
      $0.add("blk.0.attn_k_norm.weight", [4], [4, 3, 2, 1])
    }
    #expect(config["model_type"]?.string == "gemma3_text")
    #expect(plan.rotaryScaling == .linear(factor: 8) && plan.windowedRotaryBase == 10_000)
    #expect(plan.attentionSoftCap == nil && plan.queryKeyNorm == .eachHead && plan.slidingWindow == 16)
    #expect(try weights.read("model.layers.0.self_attn.q_norm.weight") == [0, 1, 2, 3])
  }

  private func fuse(_ file: inout GGUFBuilder) {
    file.remove(["attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up"].map { "blk.0.\($0).weight" })
    file.add("blk.0.attn_qkv.weight", [16, 8], (0..<128).map { Float($0) })
    file.add("blk.0.ffn_up.weight", [16, 8], (0..<128).map { Float($0) })
  }

  @Test func `a Phi-3 keeps its fused weights, a window of 0 is none, and a part of a head may be rotated`()
    throws
  {
    let (config, weights, plan) = try imported("phi3") {
      fuse(&$0)
      $0.set("phi3.attention.sliding_window", .uint32(0))
      $0.set("phi3.rope.dimension_count", .uint32(2))
    }
    #expect(config["sliding_window"]?.isNull == true && plan.slidingWindow == nil)
    #expect(plan.rotatedDimension == 2 && plan.hasFusedQueryKeyValue && plan.hasFusedGateUp)
    #expect(
      try firstColumn("model.layers.0.self_attn.qkv_proj.weight", weights) == (0..<16).map { Float($0) })
    #expect(try weights.info("model.layers.0.mlp.gate_up_proj.weight").shape == [16, 8])
  }

  @Test func `a Phi-3 that does not say its window, or has factors for long texts, is refused`() {
    #expect(throws: ImportError.invalidMetadata(key: "phi3.attention.sliding_window")) {
      try imported("phi3", fuse)
    }
    #expect(throws: ImportError.unexpectedTensor("rope_factors_short.weight")) {
      try imported("phi3") {
        fuse(&$0)
        $0.set("phi3.attention.sliding_window", .uint32(64))
        $0.add("rope_factors_short.weight", [2], [1, 1])
      }
    }
  }
}
