internal import KTOCore
package import KTOTemplates
package import KTOTokenizer

/// A model's tokenizer with its chat template and special tokens, as its folder gives them.
package struct ModelTokenizer: Sendable {
  /// Without the file's truncation and padding, as transformers encodes.
  package private(set) var tokenizer: Tokenizer
  package private(set) var template: ChatTemplate?
  /// The template used when tools are given, where the model names one `tool_use`.
  package private(set) var toolTemplate: ChatTemplate?
  /// The tokens that templates can name, such as `bos_token`, and their texts.
  package let specialTokens: [(name: String, text: String)]
  /// The id of `eosToken`, or the first `eos_token_id` of generation_config.json or config.json.
  package let eosID: UInt32?
  /// SHA-256 of the tokenizer's file.
  package let tokenizerHash: String
  /// SHA-256 of the chat template's text.
  package let templateHash: String?
  /// All of the model's templates, by name.
  let templates: TemplateSources
  /// The model's folder, for messages.
  let path: String

  /// Loads the tokenizer's file, and what there is of tokenizer_config.json, chat_template.jinja and config.json.
  /// - Parameter clock: the date for templates that ask for it.
  /// - Throws: `HubError`, `TokenizerError`, `TemplateError`, `FileError`.
  package init(folder: ModelFolder, clock: TemplateClock? = nil) throws {
    path = folder.path
    let file = try folder.tokenizerFile()
    let content = try readFile(file, limit: 1 << 28)
    var loaded = try Tokenizer(bytes: content, path: file)
    loaded.truncation = nil
    loaded.padding = nil
    tokenizer = loaded
    tokenizerHash = SHA256.hash(content)
    let configuration = try folder.json("tokenizer_config.json")
    let special = try folder.json("special_tokens_map.json")
    func token(_ name: String) -> String? {
      Self.content(configuration?[name]) ?? Self.content(special?[name])
    }
    eosID = try token("eos_token").flatMap { loaded.id(of: $0) } ?? Self.eosID(in: folder)
    let eosToken = eosID.flatMap { loaded.token(of: $0) }
    specialTokens = Self.specialTokenNames.compactMap { name in
      (token(name) ?? (name == "eos_token" ? eosToken : nil)).map { (name, $0) }
    }
    let sources = try TemplateSources(folder: folder, configuration: configuration, clock: clock)
    template = try sources["default"]
    toolTemplate = try sources["tool_use"]
    templateHash = sources.text(of: "default").map { SHA256.hash(Array($0.utf8)) }
    templates = sources
  }

  /// The same for one thread: threads that share a template and a pool of encoders wait for each other.
  package func forOneThread() -> ModelTokenizer {
    var copy = self
    copy.tokenizer = tokenizer.withOwnEncoders()
    copy.template = try? templates["default"]
    copy.toolTemplate = try? templates["tool_use"]
    return copy
  }

  private static let specialTokenNames = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  package var bosToken: String? { specialToken("bos_token") }
  package var eosToken: String? { specialToken("eos_token") }

  private func specialToken(_ name: String) -> String? { specialTokens.first { $0.name == name }?.text }

  /// A token of a configuration: a string, or an object with its `content`.
  private static func content(_ node: JSONNode?) -> String? { node?.string ?? node?["content"]?.string }

  private static func eosID(in folder: ModelFolder) throws -> UInt32? {
    for name in ["generation_config.json", "config.json"] {
      let node = try folder.json(name)?["eos_token_id"]
      if let id = node?.int ?? node?.array?.first?.int, let narrow = UInt32(exactly: id) { return narrow }
    }
    return nil
  }
}
