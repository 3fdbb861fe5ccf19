internal import KTOCore

extension KnownPattern {
  /// `pre_tokenizer` of a byte-level tokenizer.json.
  var json: JSONValue {
    let hasOwnExpression = steps.contains(.gpt2)
    let stages = steps.map(\.json) + (hasOwnExpression ? [] : [Self.byteLevel(usesPattern: false)])
    if stages.count == 1 { return stages[0] }
    return .members(["type": .string("Sequence"), "pretokenizers": .items(stages)])
  }

  fileprivate static func byteLevel(usesPattern: Bool) -> JSONValue {
    .members([
      "type": .string("ByteLevel"), "add_prefix_space": .bool(false), "trim_offsets": .bool(true),
      "use_regex": .bool(usesPattern),
    ])
  }
}

extension KnownPattern.Step {
  fileprivate var json: JSONValue {
    switch self {
    case .gpt2: KnownPattern.byteLevel(usesPattern: true)
    case .punctuation: .members(["type": .string("Punctuation"), "behavior": .string("Contiguous")])
    case .digits(let individual):
      .members(["type": .string("Digits"), "individual_digits": .bool(individual)])
    case .split(let pattern):
      .members([
        "type": .string("Split"), "pattern": .members(["Regex": .string(pattern)]),
        "behavior": .string("Isolated"), "invert": .bool(false),
      ])
    }
  }
}
