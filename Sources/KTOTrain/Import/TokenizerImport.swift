internal import KTOCore

/// The ids of tokens with a role; nil where the file names none.
struct SpecialTokens: Equatable {
  var bos: Int?
  var eos: Int?
  var unknown: Int?
  var pad: Int?
  /// The end of a turn, where it is not the end of the text.
  var endOfTurn: Int?
}

/// The tokenizer inside a GGUF file, as Hugging Face files. Only byte-level BPE (`gpt2`) is supported.
struct TokenizerImport {
  let tokens: [String]
  let special: SpecialTokens
  let chatTemplate: String?
  private let merges: [(String, String)]
  private let kinds: [Int64]
  private let preTokenizer: PreTokenizer
  private let addsBOS: Bool
  private let addsEOS: Bool

  /// The values of `tokenizer.ggml.token_type` that tokenizer.json calls added tokens.
  private static let control: Int64 = 3
  private static let userDefined: Int64 = 4

  /// - Parameter preTokenizerName: what to use instead of the file's `tokenizer.ggml.pre`.
  init(metadata: GGUFMetadata, preTokenizerName: String? = nil) throws(ImportError) {
    let model = try metadata.string("tokenizer.ggml.model")
    guard model == "gpt2" else { throw .unsupportedTokenizer(model) }
    let name = if let preTokenizerName { preTokenizerName } else { try metadata.string("tokenizer.ggml.pre") }
    let preTokenizer = try PreTokenizer(named: name)
    let tokens = try metadata.strings("tokenizer.ggml.tokens")
    let kinds = try metadata.optionalIntegers("tokenizer.ggml.token_type")
    if let kinds, kinds.count != tokens.count { throw .invalidMetadata(key: "tokenizer.ggml.token_type") }
    // Keys are bytes: the standard library's equality would call canonically equivalent tokens the same.
    var vocabulary = Set<[UInt8]>(minimumCapacity: tokens.count)
    for (id, token) in tokens.enumerated() where !vocabulary.insert(Array(token.utf8)).inserted {
      throw .duplicateToken(id: id, text: token)
    }
    merges = try Self.merges(try metadata.strings("tokenizer.ggml.merges"), vocabulary: vocabulary)
    func id(_ role: String) throws(ImportError) -> Int? {
      let key = "tokenizer.ggml.\(role)_token_id"
      guard metadata.contains(key) else { return nil }
      guard !tokens.isEmpty else { throw .invalidMetadata(key: key) }
      return try metadata.int(key, in: 0...tokens.count - 1)
    }
    special = SpecialTokens(
      bos: try id("bos"), eos: try id("eos"), unknown: try id("unknown"), pad: try id("padding"),
      endOfTurn: try id("eot"))
    addsBOS = try metadata.bool("tokenizer.ggml.add_bos_token", default: preTokenizer.addsBOS)
    addsEOS = try metadata.bool("tokenizer.ggml.add_eos_token", default: false)
    if addsBOS, special.bos == nil { throw .invalidMetadata(key: "tokenizer.ggml.bos_token_id") }
    if addsEOS, special.eos == nil { throw .invalidMetadata(key: "tokenizer.ggml.eos_token_id") }
    chatTemplate = try metadata.optionalString("tokenizer.chat_template")
    self.tokens = tokens
    self.kinds = kinds ?? []
    self.preTokenizer = preTokenizer
  }

  private static func merges(
    _ lines: [String], vocabulary: Set<[UInt8]>
  ) throws(ImportError) -> [(String, String)] {
    var merges: [(String, String)] = []
    merges.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2, vocabulary.contains(Array(parts[0])), vocabulary.contains(Array(parts[1])),
        vocabulary.contains(Array(parts[0]) + Array(parts[1]))
      else { throw .invalidMerge(index: index, text: line) }
      merges.append((String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self)))
    }
    return merges
  }

  /// tokenizer.json.
  func tokenizerJSON() -> JSONValue {
    let added = zip(tokens, kinds).enumerated().filter {
      $0.element.1 == Self.control || $0.element.1 == Self.userDefined
    }
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
            "special": .bool(token.1 == Self.control),
          ])
        }),
      "normalizer": preTokenizer.normalizer,
      "pre_tokenizer": preTokenizer.preTokenizer,
      "post_processor": postProcessor(),
      "decoder": .members([
        "type": .string("ByteLevel"), "add_prefix_space": .bool(true), "trim_offsets": .bool(true),
        "use_regex": .bool(true),
      ]),
      "model": .members([
        "type": .string("BPE"), "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
        "end_of_word_suffix": .null, "fuse_unk": .bool(false), "byte_fallback": .bool(false),
        "ignore_merges": .bool(preTokenizer.ignoresMerges),
        "vocab": .object(JSONObject(vocabulary)),
        "merges": .items(merges.map { .items([.string($0.0), .string($0.1)]) }),
      ]),
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

  /// tokenizer_config.json's members. The class is the one that keeps tokenizer.json's own pre-tokenizer.
  func configuration(contextLength: Int) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("add_bos_token", .bool(addsBOS)),
      ("add_eos_token", .bool(addsEOS)),
      ("add_prefix_space", .bool(false)),
      ("clean_up_tokenization_spaces", .bool(false)),
      ("model_max_length", .integer(contextLength)),
      ("tokenizer_class", .string("PreTrainedTokenizerFast")),
    ]
    let roles = [
      ("bos", special.bos), ("eos", special.eos), ("unk", special.unknown), ("pad", special.pad),
    ]
    for (role, id) in roles {
      if let id { members.append((role + "_token", .string(tokens[id]))) }
    }
    return members.sorted { $0.key < $1.key }
  }

  /// generation_config.json's members.
  func generation() -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [("_from_model_config", .bool(true))]
    if let id = special.bos { members.append(("bos_token_id", .integer(id))) }
    if let id = special.eos {
      let ends = [id] + [special.endOfTurn].compactMap { $0 == id ? nil : $0 }
      members.append(("eos_token_id", ends.count == 1 ? .integer(id) : .items(ends.map { .integer($0) })))
    }
    if let id = special.pad { members.append(("pad_token_id", .integer(id))) }
    return members
  }
}
