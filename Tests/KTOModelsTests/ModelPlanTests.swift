import Foundation
import KTOCore
import Testing

@testable import KTOModels

@Suite struct ModelPlanTests {
  private let base: [String: String] = [
    "model_type": "\"llama\"", "hidden_size": "576", "num_hidden_layers": "30", "num_attention_heads": "9",
    "num_key_value_heads": "3", "intermediate_size": "1536", "vocab_size": "49152", "rms_norm_eps": "1e-05",
    "rope_theta": "100000.0", "tie_word_embeddings": "true", "max_position_embeddings": "8192",
    "hidden_act": "\"silu\"", "eos_token_id": "2",
  ]

  private func decode(_ changes: [String: String?] = [:]) throws -> ModelPlan {
    var members = base
    for (key, value) in changes { members[key] = value }
    let text = "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ",") + "}"
    var parser = JSONParser()
    return try ModelPlan(json: parser.parse(Array(text.utf8)))
  }

  @Test func `a Llama configuration is read with its sizes`() throws {
    let c = try decode()
    #expect(c.headDimension == 64 && c.queryWidth == 576 && c.keyWidth == 192 && c.attentionWidth == 960)
    #expect(c.rotaryBase == 100_000 && c.normEpsilon == 1e-5 && c.isHeadTied && c.endTokens == [2])
    #expect(c.slidingWindow == nil && c.maximumPositions == 8192)
    #expect(c.parameterCount == 134_515_008)
  }

  @Test func `newer rope_parameters win over rope_theta`() throws {
    let c = try decode(["rope_parameters": "{\"rope_theta\": 5000.0, \"rope_type\": \"default\"}"])
    #expect(c.rotaryBase == 5000 && c.rotaryScaling == .none)
  }

  @Test func `Mistral's window is taken, null is none and absence the default`() throws {
    #expect(try decode(["model_type": "\"mistral\"", "sliding_window": "256"]).slidingWindow == 256)
    #expect(try decode(["model_type": "\"mistral\"", "sliding_window": "null"]).slidingWindow == nil)
    #expect(try decode(["model_type": "\"mistral\""]).slidingWindow == 4096)
    #expect(try decode(["sliding_window": "256"]).slidingWindow == nil)
  }

  @Test func `linear scaling divides every frequency`() throws {
    let plain = try decode().inverseFrequencies
    let scaled = try decode(["rope_scaling": "{\"type\": \"linear\", \"factor\": 4}"]).inverseFrequencies
    #expect(zip(plain, scaled).allSatisfy { $0 == $1 * 4 })
  }

  @Test func `llama3 scaling keeps high frequencies, divides low ones and blends between`() throws {
    let scaling = """
      {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
       "original_max_position_embeddings": 2048}
      """
    let plain = try decode().inverseFrequencies
    let scaled = try decode(["rope_scaling": scaling]).inverseFrequencies
    #expect(scaled[0] == plain[0])
    #expect(abs(scaled[31] * 8 / plain[31] - 1) < 1e-6)
    let ratios = zip(scaled, plain).map { $0 / $1 }
    #expect(ratios.contains { $0 > 0.126 && $0 < 0.999 })
    #expect(zip(ratios, ratios.dropFirst()).allSatisfy { $0 >= $1 - 1e-6 })
  }

  @Test func `yarn scaling keeps frequencies that turn often and divides those that turn rarely`() throws {
    let scaling = """
      {"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 2048}
      """
    let plain = try decode().inverseFrequencies
    let c = try decode(["rope_scaling": scaling])
    let ratios = zip(c.inverseFrequencies, plain).map { $0 / $1 }
    #expect(ratios[0] == 1 && abs(ratios[31] * 4 - 1) < 1e-6)
    #expect(zip(ratios, ratios.dropFirst()).allSatisfy { $0 >= $1 - 1e-6 })
    #expect(abs(c.rotaryScaling.attentionFactor - (0.1 * log(4) + 1)) < 1e-12)
  }

  @Test func `dynamic scaling is none within the model's positions, which nothing exceeds here`() throws {
    let c = try decode(["rope_scaling": "{\"type\": \"dynamic\", \"factor\": 2.0}"])
    #expect(c.rotaryScaling == .none && c.maximumPositions == 8192)
  }

  @Test func `Llama's flags of biases give each linear layer its own`() throws {
    let c = try decode(["attention_bias": "true", "mlp_bias": "true"])
    let biased = c.tensors.filter { $0.isBias && $0.layer == 0 }.map(\.role)
    #expect(biased == [.query, .key, .value, .output, .gate, .up, .down])
  }

  @Test(arguments: [
    ("model_type", "\"gpt2\""), ("hidden_act", "\"gelu\""), ("partial_rotary_factor", "0.5"),
    ("rope_scaling", "{\"rope_type\": \"longrope\", \"factor\": 4}"), ("pretraining_tp", "2"),
    ("rope_parameters", "{\"partial_rotary_factor\": 0.5}"),
  ])
  func `what is not computed here is refused by name`(key: String, value: String) {
    #expect {
      try decode([key: value])
    } throws: { error in
      guard case .unsupported(let name, _) = error as? ModelError else { return false }
      return name.hasPrefix(key)
    }
  }

  @Test(arguments: [
    ("hidden_size", "9223372036854775807"), ("num_hidden_layers", "0"), ("num_hidden_layers", "1000000"),
    ("num_attention_heads", "-9"), ("num_key_value_heads", "4"), ("num_key_value_heads", "18"),
    ("head_dim", "63"), ("vocab_size", "100000000"), ("rms_norm_eps", "0"), ("rope_theta", "0.5"),
    ("intermediate_size", "-1"), ("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 0}"),
    ("max_position_embeddings", "0"),
  ])
  func `sizes that cannot be are refused before anything is allocated`(key: String, value: String) {
    #expect {
      try decode([key: value])
    } throws: { error in
      if case .outOfRange = error as? ModelError { true } else { false }
    }
  }

  @Test func `missing keys and wrong types are named`() {
    #expect(throws: ModelError.missingKey("vocab_size")) { try decode(["vocab_size": nil]) }
    #expect(throws: ModelError.wrongType(key: "hidden_size", expected: "an integer")) {
      try decode(["hidden_size": "\"576\""])
    }
  }

  private func qwen(_ version: Int, _ changes: [String: String?] = [:]) throws -> ModelPlan {
    try decode(
      ["model_type": "\"qwen\(version)\"", "hidden_act": "\"silu\"", "use_sliding_window": "false"].merging(
        changes
      ) { $1 })
  }

  @Test func `Qwen 2 has biases on queries, keys and values, and no window unless asked`() throws {
    let plan = try qwen(2, ["sliding_window": "32768", "max_window_layers": "21"])
    #expect(plan.hasQueryKeyValueBias && plan.queryKeyNorm == .none && plan.slidingWindow == nil)
    let biases = plan.tensors.filter { $0.isBias && $0.layer == 1 }
    #expect(
      biases.map(\.name) == ["q", "k", "v"].map { "model.layers.1.self_attn.\($0)_proj.bias" })
    #expect(biases.map(\.ggufName) == ["q", "k", "v"].map { "blk.1.attn_\($0).bias" })
    #expect(biases.map(\.shape) == [[576], [192], [192]])
    #expect(plan.headDimension == 64)
  }

  @Test func `Qwen 3 has heads of 128 unless told, and a norm of each query's and key's head`() throws {
    let plan = try qwen(3)
    #expect(plan.queryKeyNorm == .eachHead && !plan.hasQueryKeyValueBias)
    #expect(plan.headDimension == 128 && plan.queryWidth == 1152)
    let norms = plan.tensors.filter { $0.role == .queryNorm || $0.role == .keyNorm }
    #expect(norms.prefix(2).map(\.name) == ["q", "k"].map { "model.layers.0.self_attn.\($0)_norm.weight" })
    #expect(norms.prefix(2).map(\.ggufName) == ["q", "k"].map { "blk.0.attn_\($0)_norm.weight" })
    #expect(norms.count == 60 && norms.allSatisfy { $0.shape == [128] })
    #expect(try qwen(3, ["head_dim": "64"]).headDimension == 64)
  }

  @Test func `the key heads of Qwen are as many as heads where null, and 32 where absent`() throws {
    #expect(try qwen(2, ["num_key_value_heads": "null"]).keyHeadCount == 9)
    #expect(
      try qwen(2, ["num_key_value_heads": nil, "num_attention_heads": "64", "head_dim": "64"]).keyHeadCount
        == 32)
  }

  @Test(arguments: [
    (3, "hidden_act", "\"gelu\""), (2, "rope_scaling", "{\"rope_type\": \"mrope\", \"factor\": 4}"),
  ])
  func `what Qwen's configurations may ask for and is not computed here is refused by name`(
    version: Int, key: String, value: String
  ) {
    #expect {
      try qwen(version, [key: value])
    } throws: { error in
      guard case .unsupported(let name, _) = error as? ModelError else { return false }
      return name.hasPrefix(key)
    }
  }

  @Test func `Qwen's window is in the layers from max_window_layers on, or where layer_types says`() throws {
    let window = ["use_sliding_window": "true", "sliding_window": "64"]
    let late = try qwen(2, window.merging(["max_window_layers": "28"]) { $1 })
    #expect(late.windowedLayers == [28, 29])
    #expect(late.window(ofLayer: 27) == nil && late.window(ofLayer: 28) == 64)
    let types = (0..<30).map { $0 == 3 ? "\"sliding_attention\"" : "\"full_attention\"" }
    let chosen = try qwen(3, window.merging(["layer_types": "[\(types.joined(separator: ","))]"]) { $1 })
    #expect(chosen.windowedLayers == [3])
    #expect(try qwen(2, ["sliding_window": "64", "max_window_layers": "0"]).slidingWindow == nil)
  }

  @Test func `layer types that are unknown, too few, or without the size of their window are refused`() {
    func types(_ type: String, count: Int = 30) -> [String: String?] {
      ["layer_types": "[" + (0..<count).map { _ in "\"\(type)\"" }.joined(separator: ",") + "]"]
    }
    #expect(throws: ModelError.unsupported(key: "layer_types", value: "chunked_attention")) {
      try qwen(3, types("chunked_attention"))
    }
    #expect(
      throws: ModelError.outOfRange(key: "layer_types", value: "29 layers", allowed: "30, one for each")
    ) { try qwen(3, types("full_attention", count: 29)) }
    #expect(
      throws: ModelError.outOfRange(
        key: "sliding_window", value: "null", allowed: "a size, which layer_types asks for")
    ) { try qwen(3, types("sliding_attention")) }
  }

  @Test func `published sizes give the published counts of parameters`() throws {
    let small = try qwen(
      2,
      [
        "hidden_size": "896", "num_hidden_layers": "24", "num_attention_heads": "14",
        "num_key_value_heads": "2", "intermediate_size": "4864", "vocab_size": "151936",
      ])
    #expect(small.parameterCount == 494_032_768)
    let next = try qwen(
      3,
      [
        "hidden_size": "1024", "num_hidden_layers": "28", "num_attention_heads": "16",
        "num_key_value_heads": "8", "intermediate_size": "3072", "vocab_size": "151936",
      ])
    #expect(next.parameterCount == 596_049_920)
  }

  @Test func `a tensor with another name than Llama's is asked for by that name`() throws {
    var plan = try decode()
    plan.tensorNames.rename(.attentionNorm, hub: "pre_attention_norm", gguf: "attn_pre_norm")
    let tensor = try #require(plan.tensors.first { $0.role == .attentionNorm && $0.layer == 3 })
    #expect(tensor.name == "model.layers.3.pre_attention_norm.weight")
    #expect(tensor.ggufName == "blk.3.attn_pre_norm.weight")
  }

  @Test func `what a pass keeps is its layers' parts, or their inputs alone`() throws {
    let model = try TinyModel { $0.queryKeyNorm = .eachHead }.load()
    // Inputs of two blocks, queries with keys and values, queries and keys unnormed, attention, normalizers, gate and up.
    let layer = 12 + 12 + 32 + 24 + 16 + 4 + 36
    #expect(model.activationByteCount(tokenCount: 5, isCheckpointed: false) == 4 * 5 * (2 * layer + 12))
    #expect(model.activationByteCount(tokenCount: 5, isCheckpointed: true) == 4 * 5 * 3 * 12)
  }
}
