/// What a tensor of a model is for.
package enum TensorRole: Sendable, CaseIterable {
  case embedding, finalNorm, head
  case attentionNorm, query, key, value, queryKeyValue, queryNorm, keyNorm, output, attentionEndNorm
  case feedForwardNorm, gate, up, gateUp, down, feedForwardEndNorm
}

/// Names of tensors by what they are for, without `.weight` and `.bias`.
package struct TensorNames: Sendable, Equatable {
  private struct Pair: Sendable, Equatable {
    /// As safetensors files of the Hugging Face hub have it.
    var hub: String
    /// As GGUF files have it, where llama.cpp gives all architectures one vocabulary of names.
    var gguf: String
  }

  private var pairs: [TensorRole: Pair] = [
    .embedding: Pair(hub: "model.embed_tokens", gguf: "token_embd"),
    .finalNorm: Pair(hub: "model.norm", gguf: "output_norm"),
    .head: Pair(hub: "lm_head", gguf: "output"),
    .attentionNorm: Pair(hub: "input_layernorm", gguf: "attn_norm"),
    .query: Pair(hub: "self_attn.q_proj", gguf: "attn_q"),
    .key: Pair(hub: "self_attn.k_proj", gguf: "attn_k"),
    .value: Pair(hub: "self_attn.v_proj", gguf: "attn_v"),
    .queryKeyValue: Pair(hub: "self_attn.qkv_proj", gguf: "attn_qkv"),
    .queryNorm: Pair(hub: "self_attn.q_norm", gguf: "attn_q_norm"),
    .keyNorm: Pair(hub: "self_attn.k_norm", gguf: "attn_k_norm"),
    .output: Pair(hub: "self_attn.o_proj", gguf: "attn_output"),
    .attentionEndNorm: Pair(hub: "post_attention_layernorm", gguf: "post_attention_norm"),
    .feedForwardNorm: Pair(hub: "post_attention_layernorm", gguf: "ffn_norm"),
    .gate: Pair(hub: "mlp.gate_proj", gguf: "ffn_gate"),
    .up: Pair(hub: "mlp.up_proj", gguf: "ffn_up"),
    .gateUp: Pair(hub: "mlp.gate_up_proj", gguf: "ffn_up"),
    .down: Pair(hub: "mlp.down_proj", gguf: "ffn_down"),
    .feedForwardEndNorm: Pair(hub: "post_feedforward_layernorm", gguf: "post_ffw_norm"),
  ]

  /// The names that Llama has, and most models that came after it.
  package init() {}

  /// Another name than Llama's.
  package mutating func rename(_ role: TensorRole, hub: String, gguf: String) {
    pairs[role] = Pair(hub: hub, gguf: gguf)
  }

  /// - Parameter layer: nil for what belongs to no layer.
  func hub(_ role: TensorRole, layer: Int?) -> String {
    (layer.map { "model.layers.\($0)." } ?? "") + (pairs[role]?.hub ?? "")
  }

  func gguf(_ role: TensorRole, layer: Int?) -> String {
    (layer.map { "blk.\($0)." } ?? "") + (pairs[role]?.gguf ?? "")
  }
}
