internal import KTOCore

/// The pre-tokenizer that a value of `tokenizer.ggml.pre` stands for, as the models' own tokenizer.json files have it.
struct PreTokenizer {
  let normalizer: JSONValue
  let preTokenizer: JSONValue
  /// Whether a whole word that is in the vocabulary is taken without merging.
  let ignoresMerges: Bool
  /// Whether texts begin with the bos token where the file says nothing about it.
  let addsBOS: Bool

  static let knownNames: [String] = names.keys.sorted()

  private enum Kind {
    case gpt2, digits, llama3, qwen2, qwen35, o200k, tekken, falcon, deepSeekCoder, deepSeekLLM, deepSeekV3
  }

  private static let names: [String: Kind] = [
    "gpt-2": .gpt2, "phi-2": .gpt2, "mpt": .gpt2, "olmo": .gpt2,
    "smollm": .digits, "starcoder": .digits, "refact": .digits, "command-r": .digits,
    "llama-bpe": .llama3, "llama3": .llama3, "llama-v3": .llama3,
    "qwen2": .qwen2, "deepseek-r1-qwen": .qwen2, "qwen35": .qwen35,
    "gpt-4o": .o200k, "tekken": .tekken, "falcon": .falcon,
    "deepseek-coder": .deepSeekCoder, "deepseek-llm": .deepSeekLLM, "deepseek-v3": .deepSeekV3,
  ]

  /// Those whose files bring text to NFC first.
  private static let composing: Set<String> = [
    "qwen2", "deepseek-r1-qwen", "qwen35", "command-r", "mpt", "olmo",
  ]

  /// - Throws: `ImportError.unsupportedPreTokenizer` for a name whose pattern is not known; no pattern is guessed.
  init(named name: String) throws(ImportError) {
    guard let kind = Self.names[name] else { throw .unsupportedPreTokenizer(name) }
    let bytes = byteLevel(usesPattern: false)
    let byGPT2 = byteLevel(usesPattern: true)
    preTokenizer =
      switch kind {
      case .gpt2: byGPT2
      case .digits: sequence([digits(individual: true), byGPT2])
      case .llama3: sequence([split(WordPattern.llama3), bytes])
      case .qwen2: sequence([split(WordPattern.qwen2), bytes])
      case .qwen35: sequence([split(WordPattern.qwen35), bytes])
      case .o200k: sequence([split(WordPattern.o200k), bytes])
      case .tekken: sequence([split(WordPattern.tekken), bytes])
      case .falcon:
        sequence([
          .members(["type": .string("Punctuation"), "behavior": .string("Contiguous")]), byGPT2,
          digits(individual: false), split("[0-9][0-9][0-9]"),
        ])
      case .deepSeekCoder:
        sequence([
          split(WordPattern.deepSeekLineEnds), split(#"\s?\p{L}+"#), split(#"\s?\p{P}+"#),
          split(WordPattern.deepSeekCJK), digits(individual: true), bytes,
        ])
      case .deepSeekLLM:
        sequence([
          split(WordPattern.deepSeekLineEnds), split(WordPattern.deepSeekLetters),
          split(WordPattern.deepSeekPunctuation), split(#"\s+$"#), split(WordPattern.deepSeekCJK),
          digits(individual: true), bytes,
        ])
      case .deepSeekV3: sequence(WordPattern.deepSeekV3.map(split) + [bytes])
      }
    normalizer = Self.composing.contains(name) ? .members(["type": .string("NFC")]) : .null
    ignoresMerges = kind == .llama3 || kind == .tekken
    addsBOS = kind == .llama3 || kind == .tekken
  }
}

private func sequence(_ parts: [JSONValue]) -> JSONValue {
  .members(["type": .string("Sequence"), "pretokenizers": .items(parts)])
}

private func byteLevel(usesPattern: Bool) -> JSONValue {
  .members([
    "type": .string("ByteLevel"), "add_prefix_space": .bool(false), "trim_offsets": .bool(true),
    "use_regex": .bool(usesPattern),
  ])
}

private func digits(individual: Bool) -> JSONValue {
  .members(["type": .string("Digits"), "individual_digits": .bool(individual)])
}

private func split(_ pattern: String) -> JSONValue {
  .members([
    "type": .string("Split"), "pattern": .members(["Regex": .string(pattern)]),
    "behavior": .string("Isolated"), "invert": .bool(false),
  ])
}
