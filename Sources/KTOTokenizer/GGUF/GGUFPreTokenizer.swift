internal import KTOCore

/// What a value of `tokenizer.ggml.pre` stands for, as the models' own tokenizer.json files have it.
struct GGUFPreTokenizer: Sendable {
  let name: String
  let pattern: KnownPattern
  /// Whether text is brought to NFC first.
  var composes = false

  /// Whether a whole word that is in the vocabulary is taken without merging.
  var ignoresMerges: Bool { pattern == .llama3 || pattern == .tekken }

  /// Whether texts begin with the bos token where the file says nothing about it.
  var addsBOS: Bool { pattern == .llama3 || pattern == .tekken }

  /// All that are known, sorted by name.
  static let all: [GGUFPreTokenizer] = [
    GGUFPreTokenizer(name: "command-r", pattern: .smolLM, composes: true),
    GGUFPreTokenizer(name: "deepseek-coder", pattern: .deepSeekCoder),
    GGUFPreTokenizer(name: "deepseek-llm", pattern: .deepSeekLLM),
    GGUFPreTokenizer(name: "deepseek-r1-qwen", pattern: .qwen2, composes: true),
    GGUFPreTokenizer(name: "deepseek-v3", pattern: .deepSeekV3),
    GGUFPreTokenizer(name: "falcon", pattern: .falcon),
    GGUFPreTokenizer(name: "gpt-2", pattern: .gpt2),
    GGUFPreTokenizer(name: "gpt-4o", pattern: .o200k),
    GGUFPreTokenizer(name: "llama-bpe", pattern: .llama3),
    GGUFPreTokenizer(name: "llama-v3", pattern: .llama3),
    GGUFPreTokenizer(name: "llama3", pattern: .llama3),
    GGUFPreTokenizer(name: "mpt", pattern: .gpt2, composes: true),
    GGUFPreTokenizer(name: "olmo", pattern: .gpt2, composes: true),
    GGUFPreTokenizer(name: "phi-2", pattern: .gpt2),
    GGUFPreTokenizer(name: "qwen2", pattern: .qwen2, composes: true),
    GGUFPreTokenizer(name: "qwen35", pattern: .qwen35, composes: true),
    GGUFPreTokenizer(name: "refact", pattern: .smolLM),
    GGUFPreTokenizer(name: "smollm", pattern: .smolLM),
    GGUFPreTokenizer(name: "starcoder", pattern: .smolLM),
    GGUFPreTokenizer(name: "tekken", pattern: .tekken),
  ]

  /// - Throws: `GGUFTokenizerError.unsupportedPreTokenizer` for a name whose pattern is not known; none is guessed.
  static func named(_ name: String) throws(GGUFTokenizerError) -> GGUFPreTokenizer {
    guard let known = all.first(where: { $0.name == name }) else { throw .unsupportedPreTokenizer(name) }
    return known
  }
}
