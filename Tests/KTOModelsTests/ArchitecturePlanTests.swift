import Foundation
import KTOCore
import Testing

@testable import KTOModels

/// What the configurations of the newer architectures say, and what of it is refused.
struct ArchitecturePlanTests {
  private func plan(_ type: String, _ changes: [String: String?] = [:]) throws -> ModelPlan {
    var members = [
      "model_type": "\"\(type)\"", "hidden_size": "64", "num_hidden_layers": "12", "num_attention_heads": "4",
      "num_key_value_heads": "2", "intermediate_size": "128", "vocab_size": "100",
    ]
    for (key, value) in changes { members[key] = value }
    let text = "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}"
    var parser = JSONParser()
    return try ModelPlan(json: parser.parse(Array(text.utf8)))
  }

  @Test func `every fourth layer of a SmolLM3 has no rotary positions, or those that the list says`() throws {
    let c = try plan("smollm3")
    #expect(c.unrotatedLayers == [3, 7, 11] && c.rotaryBase == 2_000_000 && c.isHeadTied)
    #expect(c.slidingWindow == nil)
    #expect(try plan("smollm3", ["no_rope_layer_interval": "6"]).unrotatedLayers == [5, 11])
    let list = "[0,1,1,1,1,1,1,1,1,1,1,0,0]"
    #expect(try plan("smollm3", ["no_rope_layers": list]).unrotatedLayers == [0, 11])
    #expect(throws: ModelError.self) { try plan("smollm3", ["no_rope_layers": "[0, 1]"]) }
    #expect(throws: ModelError.self) { try plan("smollm3", ["no_rope_layer_interval": "0"]) }
  }

  @Test func `a Phi-3 has fused linear layers, which an adapter goes by their names`() throws {
    let c = try plan("phi3")
    #expect(c.adapterModules.map(\.rawValue) == ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])
    let fused = c.tensors.filter { $0.layer == 2 && ($0.role == .queryKeyValue || $0.role == .gateUp) }
    #expect(
      fused.map(\.name) == [
        "model.layers.2.self_attn.qkv_proj.weight", "model.layers.2.mlp.gate_up_proj.weight",
      ])
    #expect(fused.map(\.shape) == [[128, 64], [256, 64]])
    #expect(
      throws: LoRAAdapter.Failure.missingModule("q_proj", available: c.adapterModules.map(\.rawValue))
    ) { try LoRAAdapter(AdapterShape(targets: [.query]), for: c, seed: 1) }
  }

  @Test func `a Phi-3 of long texts takes the short factors, and texts of the original positions at most`()
    throws
  {
    let factors = (0..<6).map { "\(1 + Double($0) / 4)" }.joined(separator: ",")
    let scaling = "{\"type\": \"su\", \"short_factor\": [\(factors)], \"long_factor\": [\(factors)]}"
    let changes = [
      "rope_scaling": scaling, "partial_rotary_factor": "0.75", "max_position_embeddings": "131072",
      "original_max_position_embeddings": "4096",
    ]
    let c = try plan("phi3", changes)
    #expect(c.rotatedDimension == 12 && c.maximumPositions == 4096)
    #expect(abs(c.rotaryScaling.attentionFactor - 1.190_238_07) < 1e-6)
    #expect(
      throws: ModelError.outOfRange(
        key: "rope_scaling.short_factor", value: "6 numbers", allowed: "8 of them")
    ) { try plan("phi3", changes.merging(["partial_rotary_factor": "1"]) { $1 }) }
  }

  @Test func `a Gemma has a window in every other layer, or in five of six`() throws {
    let second = try plan("gemma2")
    #expect(second.windowedLayers == [0, 2, 4, 6, 8, 10] && second.slidingWindow == 4096)
    #expect(second.attentionSoftCap == 50 && second.logitSoftCap == 30 && second.isHeadTied)
    #expect(second.attentionScale == 1.0 / 16 && second.embeddingScale == 8 && second.headDimension == 256)
    #expect(try plan("gemma2", ["attn_logit_softcapping": "null"]).attentionSoftCap == nil)
    let third = try plan(
      "gemma3_text",
      ["rope_scaling": "{\"rope_type\": \"linear\", \"factor\": 8.0}", "sliding_window": "512"])
    #expect(third.windowedLayers == Set(0..<12).subtracting([5, 11]) && third.slidingWindow == 512)
    #expect(third.attentionSoftCap == nil && third.logitSoftCap == nil && third.queryKeyNorm == .eachHead)
    #expect(third.rotaryBase == 1_000_000 && third.windowedRotaryBase == 10_000)
    #expect(third.rotaryScaling == .linear(factor: 8))
  }

  @Test func `the four norms of a Gemma and the two of an OLMo 2 have the names of their files`() throws {
    func norms(_ type: String) throws -> [String] {
      try plan(type).tensors.filter { $0.layer == 1 && $0.name.contains("layernorm") }
        .map { "\($0.name.split(separator: ".")[3]) \($0.ggufName.split(separator: ".")[2])" }
    }
    #expect(
      try norms("gemma3_text") == [
        "input_layernorm attn_norm", "post_attention_layernorm post_attention_norm",
        "pre_feedforward_layernorm ffn_norm", "post_feedforward_layernorm post_ffw_norm",
      ])
    #expect(
      try norms("olmo2") == [
        "post_attention_layernorm post_attention_norm", "post_feedforward_layernorm post_ffw_norm",
      ])
    let wide = try plan("olmo2").tensors.filter { $0.role == .queryNorm || $0.role == .keyNorm }
    #expect(wide.prefix(2).map(\.shape) == [[64], [32]])
  }

  @Test func `Granite's scales are 1 unless they are said`() throws {
    let c = try plan("granite")
    #expect(c.attentionScale == 1 && c.embeddingScale == 1 && c.residualScale == 1 && c.logitScale == 1)
    #expect(try plan("granite", ["logits_scaling": "8"]).logitScale == 0.125)
  }

  @Test(arguments: [
    ("gemma2", "use_bidirectional_attention", "true"), ("gemma3_text", "attn_logit_softcapping", "50"),
    ("gemma2", "hidden_activation", "\"gelu\""), ("olmo2", "partial_rotary_factor", "0.5"),
    ("phi3", "rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 2}"),
    ("granite", "rope_scaling", "{\"rope_type\": \"longrope\"}"), ("mistral", "attention_bias", "true"),
    ("gemma3_text", "rope_parameters", "{\"rope_type\": \"default\"}"),
    ("gemma3_text", "rope_parameters", "{\"sliding_attention\": {\"rope_type\": \"linear\", \"factor\": 2}}"),
  ])
  func `what is not computed here is refused by name`(type: String, key: String, value: String) {
    #expect {
      try plan(type, [key: value])
    } throws: { error in
      guard case .unsupported(let name, _) = error as? ModelError else { return false }
      return name.hasPrefix(key)
    }
  }

  @Test(arguments: [
    ("granite", "residual_multiplier", "0"), ("granite", "logits_scaling", "0"),
    ("gemma2", "query_pre_attn_scalar", "0"), ("gemma2", "final_logit_softcapping", "-1"),
    ("gemma3_text", "sliding_window_pattern", "0"), ("phi3", "partial_rotary_factor", "1.5"),
    ("llama", "rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 0.5}"),
  ])
  func `numbers that cannot be are refused`(type: String, key: String, value: String) {
    #expect {
      try plan(type, [key: value])
    } throws: { error in
      if case .outOfRange = error as? ModelError { true } else { false }
    }
  }
}
