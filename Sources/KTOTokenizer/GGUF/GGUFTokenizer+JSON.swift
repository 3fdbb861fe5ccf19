package import KTOCore

extension GGUFTokenizer {
  /// The values of `tokenizer.ggml.token_type` that tokenizer.json calls added tokens.
  private static let unknown: Int64 = 2
  private static let control: Int64 = 3
  private static let userDefined: Int64 = 4

  /// tokenizer.json.
  package func tokenizerJSON() -> JSONValue {
    let unknownToken: JSONValue =
      isByteLevel
      ? .null : (special.unknown ?? kinds.firstIndex(of: Self.unknown)).map { .string(tokens[$0]) } ?? .null
    // Of a sentencepiece model, Hugging Face's conversion adds the unknown token too.
    let addedKinds =
      isByteLevel ? [Self.control, Self.userDefined] : [Self.unknown, Self.control, Self.userDefined]
    let added = zip(tokens, kinds).enumerated().filter { addedKinds.contains($0.element.1) }
    let vocabulary = tokens.enumerated().map { id, token in
      JSONObject.Member(token, JSONNode(.integer(id)))
    }
    return .members([
      "version": .string("1.0"),
      "truncation": .null,
      "padding": .null,
      "added_tokens": .items(
        added.map { id, token in
          .members([
            "id": .integer(id), "content": .string(token.0), "single_word": .bool(false),
            "lstrip": .bool(false), "rstrip": .bool(false), "normalized": .bool(false),
            "special": .bool(token.1 != Self.userDefined),
          ])
        }),
      "normalizer": normalizer(),
      "pre_tokenizer": preTokenizer?.pattern.json ?? .null,
      "post_processor": postProcessor(),
      "decoder": decoder(),
      "model": .members([
        "type": .string("BPE"), "dropout": .null, "unk_token": unknownToken,
        "continuing_subword_prefix": .null, "end_of_word_suffix": .null, "fuse_unk": .bool(!isByteLevel),
        "byte_fallback": .bool(!isByteLevel), "ignore_merges": .bool(preTokenizer?.ignoresMerges ?? false),
        "vocab": .object(JSONObject(vocabulary)),
        "merges": .items(merges.map { .items([.string($0.0), .string($0.1)]) }),
      ]),
    ])
  }

  private var preTokenizer: GGUFPreTokenizer? {
    if case .byteLevel(let preTokenizer) = style { preTokenizer } else { nil }
  }

  private var isByteLevel: Bool { preTokenizer != nil }

  private func normalizer() -> JSONValue {
    guard case .sentencePiece(let addsPrefix) = style else {
      return preTokenizer?.composes == true ? .members(["type": .string("NFC")]) : .null
    }
    let spaces = replacement(of: " ", by: "\u{2581}")
    if !addsPrefix { return spaces }
    return .members([
      "type": .string("Sequence"),
      "normalizers": .items([
        .members(["type": .string("Prepend"), "prepend": .string("\u{2581}")]), spaces,
      ]),
    ])
  }

  private func decoder() -> JSONValue {
    guard case .sentencePiece(let addsPrefix) = style else {
      return .members([
        "type": .string("ByteLevel"), "add_prefix_space": .bool(true), "trim_offsets": .bool(true),
        "use_regex": .bool(true),
      ])
    }
    var stages = [
      replacement(of: "\u{2581}", by: " "), .members(["type": .string("ByteFallback")]),
      .members(["type": .string("Fuse")]),
    ]
    if addsPrefix {
      stages.append(
        .members([
          "type": .string("Strip"), "content": .string(" "), "start": .integer(1), "stop": .integer(0),
        ]))
    }
    return .members(["type": .string("Sequence"), "decoders": .items(stages)])
  }

  private func replacement(of text: String, by other: String) -> JSONValue {
    .members([
      "type": .string("Replace"), "pattern": .members(["String": .string(text)]), "content": .string(other),
    ])
  }

  /// A template that puts bos and eos around a text, where the file asks for it.
  private func postProcessor() -> JSONValue {
    let bos = addsBOS ? special.bos : nil
    let eos = addsEOS ? special.eos : nil
    if bos == nil, eos == nil { return .null }
    func piece(_ id: Int, _ type: Int) -> JSONValue {
      .members(["SpecialToken": .members(["id": .string(tokens[id]), "type_id": .integer(type)])])
    }
    func text(_ name: String, _ type: Int) -> [JSONValue] {
      var pieces: [JSONValue] = []
      if let bos { pieces.append(piece(bos, type)) }
      pieces.append(.members(["Sequence": .members(["id": .string(name), "type_id": .integer(type)])]))
      if let eos { pieces.append(piece(eos, type)) }
      return pieces
    }
    var described: [JSONObject.Member] = []
    for id in Set([bos, eos].compactMap { $0 }).sorted() {
      let token = JSONValue.members([
        "id": .string(tokens[id]), "ids": .items([.integer(id)]), "tokens": .items([.string(tokens[id])]),
      ])
      described.append(JSONObject.Member(tokens[id], JSONNode(token)))
    }
    return .members([
      "type": .string("TemplateProcessing"),
      "single": .items(text("A", 0)),
      "pair": .items(text("A", 0) + text("B", 1)),
      "special_tokens": .object(JSONObject(described)),
    ])
  }
}
