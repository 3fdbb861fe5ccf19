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

  @Test(arguments: [
    ("model_type", "\"gpt2\""), ("hidden_act", "\"gelu\""), ("attention_bias", "true"), ("mlp_bias", "true"),
    ("rope_scaling", "{\"rope_type\": \"yarn\", \"factor\": 4}"), ("pretraining_tp", "2"),
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
}
