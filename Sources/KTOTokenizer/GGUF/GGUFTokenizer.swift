package import KTOCore

/// The ids of tokens with a role; nil where the file names none.
package struct SpecialTokens: Sendable, Equatable {
  package var bos: Int?
  package var eos: Int?
  package var unknown: Int?
  package var pad: Int?
  /// The end of a turn, where it is not the end of the text.
  package var endOfTurn: Int?
}

/// The tokenizer inside a GGUF file, as Hugging Face files: byte-level BPE (`gpt2`) or sentencepiece's (`llama`).
package struct GGUFTokenizer: Sendable {
  /// How text is brought into the vocabulary's form.
  enum Style: Sendable {
    case byteLevel(GGUFPreTokenizer)
    /// U+2581 for the space, and before the text where the file asks for it; bytes for unknown characters.
    case sentencePiece(addsPrefix: Bool)
  }

  /// The vocabulary, by id.
  package let tokens: [String]
  package let special: SpecialTokens
  package let chatTemplate: String?
  let style: Style
  let merges: [(String, String)]
  let kinds: [Int64]
  let addsBOS: Bool
  let addsEOS: Bool

  /// - Parameter preTokenizerName: what to use instead of the file's `tokenizer.ggml.pre`.
  package init(
    _ source: some GGUFTokenizerSource, preTokenizerName: String? = nil
  ) throws(GGUFTokenizerError) {
    style = try Self.style(source, preTokenizerName)
    let tokens = try source.required("tokenizer.ggml.tokens", source.texts)
    let kinds = try source.optional("tokenizer.ggml.token_type", source.integers)
    if let kinds, kinds.count != tokens.count { throw .invalidMetadata(key: "tokenizer.ggml.token_type") }
    // Keys are bytes: the standard library's equality would call canonically equivalent tokens the same.
    var vocabulary = Set<[UInt8]>(minimumCapacity: tokens.count)
    for (id, token) in tokens.enumerated() where !vocabulary.insert(Array(token.utf8)).inserted {
      throw .duplicateToken(id: id, text: token)
    }
    let standardAddsBOS: Bool
    switch style {
    case .byteLevel(let preTokenizer):
      merges = try Self.merges(
        try source.required("tokenizer.ggml.merges", source.texts), vocabulary: vocabulary)
      standardAddsBOS = preTokenizer.addsBOS
    case .sentencePiece:
      let scores = try source.required("tokenizer.ggml.scores", source.numbers)
      guard scores.count == tokens.count else { throw .invalidMetadata(key: "tokenizer.ggml.scores") }
      merges = pieceMerges(tokens, scores: scores)
      standardAddsBOS = true
    }
    func id(_ role: String) throws(GGUFTokenizerError) -> Int? {
      let key = "tokenizer.ggml.\(role)_token_id"
      guard let id = try source.optional(key, source.integer) else { return nil }
      guard tokens.indices.contains(id) else { throw .invalidMetadata(key: key) }
      return id
    }
    special = SpecialTokens(
      bos: try id("bos"), eos: try id("eos"), unknown: try id("unknown"), pad: try id("padding"),
      endOfTurn: try id("eot"))
    addsBOS = try source.optional("tokenizer.ggml.add_bos_token", source.flag) ?? standardAddsBOS
    addsEOS = try source.optional("tokenizer.ggml.add_eos_token", source.flag) ?? false
    if addsBOS, special.bos == nil { throw .invalidMetadata(key: "tokenizer.ggml.bos_token_id") }
    if addsEOS, special.eos == nil { throw .invalidMetadata(key: "tokenizer.ggml.eos_token_id") }
    chatTemplate = try source.optional("tokenizer.chat_template", source.text)
    self.tokens = tokens
    self.kinds = kinds ?? []
  }

  private static func style(
    _ source: some GGUFTokenizerSource, _ preTokenizerName: String?
  ) throws(GGUFTokenizerError) -> Style {
    let model = try source.required("tokenizer.ggml.model", source.text)
    switch model {
    case "gpt2":
      let name =
        if let preTokenizerName { preTokenizerName } else {
          try source.required("tokenizer.ggml.pre", source.text)
        }
      return .byteLevel(try GGUFPreTokenizer.named(name))
    case "llama":
      if try source.optional("tokenizer.ggml.remove_extra_whitespaces", source.flag) == true {
        throw .unsupportedFeature(key: "tokenizer.ggml.remove_extra_whitespaces")
      }
      if source.contains("tokenizer.ggml.precompiled_charsmap") {
        throw .unsupportedFeature(key: "tokenizer.ggml.precompiled_charsmap")
      }
      return .sentencePiece(
        addsPrefix: try source.optional("tokenizer.ggml.add_space_prefix", source.flag) ?? true)
    default: throw .unsupportedTokenizer(model)
    }
  }

  private static func merges(
    _ lines: [String], vocabulary: Set<[UInt8]>
  ) throws(GGUFTokenizerError) -> [(String, String)] {
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

  /// tokenizer_config.json's members. The class is the one that keeps tokenizer.json's own pre-tokenizer.
  package func configuration(contextLength: Int) -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("add_bos_token", .bool(addsBOS)),
      ("add_eos_token", .bool(addsEOS)),
      ("clean_up_tokenization_spaces", .bool(false)),
      ("model_max_length", .integer(contextLength)),
      ("tokenizer_class", .string("PreTrainedTokenizerFast")),
    ]
    if case .byteLevel = style { members.append(("add_prefix_space", .bool(false))) }
    let roles = [
      ("bos", special.bos), ("eos", special.eos), ("unk", special.unknown), ("pad", special.pad),
    ]
    for (role, id) in roles {
      if let id { members.append((role + "_token", .string(tokens[id]))) }
    }
    return members.sorted { $0.key < $1.key }
  }

  /// generation_config.json's members.
  package func generation() -> [(key: String, value: JSONValue)] {
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
