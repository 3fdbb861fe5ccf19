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

/// The tokenizer inside a GGUF file, as Hugging Face files: byte-level BPE (`gpt2`) or sentencepiece's (`llama`).
struct TokenizerImport {
  /// How text is brought into the vocabulary's form.
  enum Style {
    case byteLevel(PreTokenizer)
    /// U+2581 for the space, and before the text where the file asks for it; bytes for unknown characters.
    case sentencePiece(addsPrefix: Bool)
  }

  let tokens: [String]
  let special: SpecialTokens
  let chatTemplate: String?
  let style: Style
  let merges: [(String, String)]
  let kinds: [Int64]
  let addsBOS: Bool
  let addsEOS: Bool

  /// - Parameter preTokenizerName: what to use instead of the file's `tokenizer.ggml.pre`.
  init(metadata: GGUFMetadata, preTokenizerName: String? = nil) throws(ImportError) {
    style = try Self.style(metadata, preTokenizerName)
    let tokens = try metadata.strings("tokenizer.ggml.tokens")
    let kinds = try metadata.optionalIntegers("tokenizer.ggml.token_type")
    if let kinds, kinds.count != tokens.count { throw .invalidMetadata(key: "tokenizer.ggml.token_type") }
    // Keys are bytes: the standard library's equality would call canonically equivalent tokens the same.
    var vocabulary = Set<[UInt8]>(minimumCapacity: tokens.count)
    for (id, token) in tokens.enumerated() where !vocabulary.insert(Array(token.utf8)).inserted {
      throw .duplicateToken(id: id, text: token)
    }
    let standardAddsBOS: Bool
    switch style {
    case .byteLevel(let preTokenizer):
      merges = try Self.merges(try metadata.strings("tokenizer.ggml.merges"), vocabulary: vocabulary)
      standardAddsBOS = preTokenizer.addsBOS
    case .sentencePiece:
      let scores = try metadata.numbers("tokenizer.ggml.scores")
      guard scores.count == tokens.count else { throw .invalidMetadata(key: "tokenizer.ggml.scores") }
      merges = pieceMerges(tokens, scores: scores)
      standardAddsBOS = true
    }
    func id(_ role: String) throws(ImportError) -> Int? {
      let key = "tokenizer.ggml.\(role)_token_id"
      guard metadata.contains(key) else { return nil }
      guard !tokens.isEmpty else { throw .invalidMetadata(key: key) }
      return try metadata.int(key, in: 0...tokens.count - 1)
    }
    special = SpecialTokens(
      bos: try id("bos"), eos: try id("eos"), unknown: try id("unknown"), pad: try id("padding"),
      endOfTurn: try id("eot"))
    addsBOS = try metadata.bool("tokenizer.ggml.add_bos_token", default: standardAddsBOS)
    addsEOS = try metadata.bool("tokenizer.ggml.add_eos_token", default: false)
    if addsBOS, special.bos == nil { throw .invalidMetadata(key: "tokenizer.ggml.bos_token_id") }
    if addsEOS, special.eos == nil { throw .invalidMetadata(key: "tokenizer.ggml.eos_token_id") }
    chatTemplate = try metadata.optionalString("tokenizer.chat_template")
    self.tokens = tokens
    self.kinds = kinds ?? []
  }

  private static func style(
    _ metadata: GGUFMetadata, _ preTokenizerName: String?
  ) throws(ImportError) -> Style {
    let model = try metadata.string("tokenizer.ggml.model")
    switch model {
    case "gpt2":
      let name =
        if let preTokenizerName { preTokenizerName } else { try metadata.string("tokenizer.ggml.pre") }
      return .byteLevel(try PreTokenizer(named: name))
    case "llama":
      if try metadata.bool("tokenizer.ggml.remove_extra_whitespaces", default: false) {
        throw .unsupportedFeature(key: "tokenizer.ggml.remove_extra_whitespaces")
      }
      if metadata.contains("tokenizer.ggml.precompiled_charsmap") {
        throw .unsupportedFeature(key: "tokenizer.ggml.precompiled_charsmap")
      }
      return .sentencePiece(addsPrefix: try metadata.bool("tokenizer.ggml.add_space_prefix", default: true))
    default: throw .unsupportedTokenizer(model)
    }
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

  /// tokenizer_config.json's members. The class is the one that keeps tokenizer.json's own pre-tokenizer.
  func configuration(contextLength: Int) -> [(key: String, value: JSONValue)] {
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
