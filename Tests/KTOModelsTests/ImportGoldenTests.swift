import Foundation
import KTOCore
import KTOKernels
import KTOTestSupport
import Testing

@testable import KTOModels

/// The golden of each architecture, written as the GGUF file that llama.cpp's converter would make of it.
struct ImportGoldenTests {
  private let tokens: [UInt32] = [5, 17, 2, 60, 33, 8, 41]

  /// The converter's order of a rotated head's rows: one of each half in turns.
  private func interleaved(_ values: [Float], heads: Int, columns: Int) -> [Float] {
    let headSize = values.count / columns / heads
    return (0..<heads).flatMap { head in
      (0..<headSize / 2).flatMap { index in
        [index, index + headSize / 2].flatMap { row in
          let first = (head * headSize + row) * columns
          return values[first..<first + columns]
        }
      }
    }
  }

  /// The golden's plan, but for what GGUF files do not say, which is then what they all have.
  private func plan(_ folder: String) throws -> ModelPlan {
    var parser = JSONParser()
    let config = try #require(try parser.parse(readFile(folder + "/config.json")).object)
    let unsaid = ["layer_types", "sliding_window_pattern", "no_rope_layers", "use_sliding_window"]
    var members = config.members.filter { !unsaid.contains($0.key) && $0.key != "query_pre_attn_scalar" }
    if let size = config["head_dim"] { members.append(.init("query_pre_attn_scalar", size)) }
    var plan = try ModelPlan(json: JSONNode(.object(JSONObject(members))))
    // Stretched frequencies are a tensor of their own in Llama's GGUF files, which is refused.
    plan.rotaryScaling = .none
    return plan
  }

  /// The values of the metadata that have no other name, by the member of config.json.
  private func numbers(_ plan: ModelPlan) -> [String: Double?] {
    [
      "attention_multiplier": plan.attentionScale, "embedding_multiplier": plan.embeddingScale,
      "residual_multiplier": plan.residualScale, "logits_scaling": 1 / plan.logitScale,
      "attn_logit_softcapping": plan.attentionSoftCap, "final_logit_softcapping": plan.logitSoftCap,
      "rope_local_base_freq": plan.windowedRotaryBase,
    ]
  }

  private func metadata(_ plan: ModelPlan, _ form: GGUFForm) -> [(String, GGUFBuilder.Value)] {
    let name = form.name
    func number(_ value: Int) -> GGUFBuilder.Value { .uint32(UInt32(value)) }
    var pairs: [(String, GGUFBuilder.Value)] = [
      ("general.architecture", .string(name)),
      ("\(name).block_count", number(plan.layerCount)),
      ("\(name).context_length", number(plan.maximumPositions)),
      ("\(name).embedding_length", number(plan.hiddenSize)),
      ("\(name).feed_forward_length", number(plan.intermediateSize)),
      ("\(name).attention.head_count", number(plan.headCount)),
      ("\(name).attention.head_count_kv", number(plan.keyHeadCount)),
      ("\(name).attention.key_length", number(plan.headDimension)),
      ("\(name).attention.layer_norm_rms_epsilon", .float32(Float(plan.normEpsilon))),
      ("\(name).rope.freq_base", .float32(Float(plan.rotaryBase))),
      ("tokenizer.ggml.model", .string("gpt2")),
      ("tokenizer.ggml.pre", .string("gpt-2")),
      ("tokenizer.ggml.tokens", .strings((0..<plan.vocabularySize).map { "t\($0)" })),
      ("tokenizer.ggml.merges", .strings([])),
    ]
    if let window = plan.slidingWindow {
      pairs.append(("\(name).attention.sliding_window", number(window)))
    }
    for (key, member) in form.numbers {
      if let value = numbers(plan)[member] ?? nil { pairs.append(("\(name).\(key)", .float32(Float(value)))) }
    }
    return pairs
  }

  @Test(arguments: Architectures.all.filter { $0.gguf != nil }.map { $0.name })
  func `a GGUF file of an architecture becomes the model it was made from`(name: String) throws {
    let form = try #require(Architectures.named(name)?.gguf)
    let folder = try Fixtures.unpacked("architectures/\(name)")
    let weights = try ModelWeights(folder: folder)
    let plan = try plan(folder)

    var file = GGUFBuilder()
    file.pairs = metadata(plan, form)
    for tensor in plan.tensors {
      var values = try weights.read(tensor.name, shape: tensor.shape)
      if form.interleavesHeads, tensor.role == .query || tensor.role == .key {
        values = interleaved(
          values, heads: tensor.role == .query ? plan.headCount : plan.keyHeadCount,
          columns: tensor.isBias ? 1 : plan.hiddenSize)
      }
      // The converter adds it where the model's own code does so as it computes.
      values = values.map { $0 + tensor.offset }
      file.add(tensor.ggufName, tensor.shape, values)
    }
    try writeFile(folder + "/model.gguf", file.bytes, force: true)
    let result = try ModelImporter(gguf: folder + "/model.gguf").run(name: "org/name", cache: folder + "/hub")

    let context = ComputeContext(threadCount: 1)
    let imported = try CausalLM(folder: result.snapshotPath, context: context)
    let original = try CausalLM(plan, weights: weights, context: context)
    #expect(imported.plan.modelType == name && result.tensorCount == plan.tensors.count)
    let isSame =
      try imported.logits(tokens, adapter: nil).array == original.logits(tokens, adapter: nil).array
    #expect(isSame)
  }
}
