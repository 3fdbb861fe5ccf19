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

  private func metadata(_ plan: ModelPlan, _ name: String) -> [(String, GGUFBuilder.Value)] {
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
    return pairs
  }

  @Test(arguments: Architectures.all.filter { $0.gguf != nil }.map { $0.name })
  func `a GGUF file of an architecture becomes the model it was made from`(name: String) throws {
    let form = try #require(Architectures.named(name)?.gguf)
    let folder = try Fixtures.unpacked("architectures/\(name)")
    let weights = try ModelWeights(folder: folder)
    var plan = try ModelPlan(folder: folder)
    // Stretched frequencies are a tensor of their own in GGUF files, which is refused.
    plan.rotaryScaling = .none

    var file = GGUFBuilder()
    file.pairs = metadata(plan, form.name)
    for tensor in plan.tensors {
      var values = try weights.read(tensor.name, shape: tensor.shape)
      if form.interleavesHeads, tensor.role == .query || tensor.role == .key {
        values = interleaved(
          values, heads: tensor.role == .query ? plan.headCount : plan.keyHeadCount, columns: plan.hiddenSize)
      }
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
