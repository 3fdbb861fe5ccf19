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

  private enum Kind { case gpt2, digits, llama3, qwen2 }

  private static let names: [String: Kind] = [
    "gpt-2": .gpt2, "phi-2": .gpt2,
    "smollm": .digits, "starcoder": .digits, "refact": .digits, "command-r": .digits,
    "llama-bpe": .llama3, "llama3": .llama3, "llama-v3": .llama3,
    "qwen2": .qwen2, "deepseek-r1-qwen": .qwen2,
  ]

  /// - Throws: `ImportError.unsupportedPreTokenizer` for a name whose pattern is not known; no pattern is guessed.
  init(named name: String) throws(ImportError) {
    guard let kind = Self.names[name] else { throw .unsupportedPreTokenizer(name) }
    switch kind {
    case .gpt2: preTokenizer = byteLevel(usesPattern: true)
    case .digits:
      let digits = JSONValue.members(["type": .string("Digits"), "individual_digits": .bool(true)])
      preTokenizer = sequence([digits, byteLevel(usesPattern: true)])
    case .llama3: preTokenizer = sequence([split(digits: "{1,3}"), byteLevel(usesPattern: false)])
    case .qwen2: preTokenizer = sequence([split(digits: ""), byteLevel(usesPattern: false)])
    }
    normalizer = kind == .qwen2 ? .members(["type": .string("NFC")]) : .null
    ignoresMerges = kind == .llama3
    addsBOS = kind == .llama3
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

/// The pattern Llama 3 and Qwen 2 share but for how many digits make a word.
private func split(digits: String) -> JSONValue {
  let pattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"# + digits
    + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  return .members([
    "type": .string("Split"), "pattern": .members(["Regex": .string(pattern)]),
    "behavior": .string("Isolated"), "invert": .bool(false),
  ])
}
