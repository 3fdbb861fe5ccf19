package import KTOCore

/// A model's tokenizer with its chat template and special tokens, as its folder holds them.
package struct ModelTokenizer: Sendable {
  package let tokenizer: Tokenizer
  /// Nil where the model has none.
  package let template: ChatTemplate?
  package let bosToken: String?
  package let eosToken: String?
  package let padToken: String?
  package let eosID: UInt32?
  /// SHA-256 of `tokenizer.json`.
  package let tokenizerHash: String
  /// SHA-256 of the chat template's text.
  package let templateHash: String?

  /// Reads `tokenizer.json`, `tokenizer_config.json` and the chat template: `chat_template.jinja`, or the
  /// configuration's `chat_template` (a text, or a list in which `default` is taken).
  /// - Throws: `HubError`, `TokenizerError`, `TemplateError`, `FileError`.
  package init(folder: ModelFolder) throws {
    let bytes = try readFile(folder.required("tokenizer.json"), limit: 1 << 28)
    tokenizer = try Tokenizer(json: bytes, path: folder.path + "/tokenizer.json")
    tokenizerHash = SHA256.hash(bytes)
    let configuration = try Self.json(folder, "tokenizer_config.json")
    bosToken = Self.token(configuration?["bos_token"])
    eosToken = Self.token(configuration?["eos_token"])
    padToken = Self.token(configuration?["pad_token"])
    if let eosToken, let id = tokenizer.id(of: eosToken) {
      eosID = id
    } else {
      eosID = try Self.endToken(folder)
    }
    let source = try Self.templateSource(folder, configuration)
    template = try source.map { try ChatTemplate(source: $0.text, name: $0.name) }
    templateHash = source.map { SHA256.hash(Array($0.text.utf8)) }
  }

  /// The text of a conversation.
  /// - Throws: `HubError.fileMissing` where the model has no template, `TemplateError`.
  package func render(
    messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool
  ) throws -> String {
    guard let template else {
      throw HubError.malformed(path: "the model", expected: "a chat template, which it does not have")
    }
    var members = [
      JSONObject.Member("messages", JSONNode(messages)), .init("tools", JSONNode(tools ?? .null)),
      .init("add_generation_prompt", JSONNode(.bool(addGenerationPrompt))),
    ]
    for (name, token) in [("bos_token", bosToken), ("eos_token", eosToken), ("pad_token", padToken)] {
      if let token { members.append(.init(name, JSONNode(.string(token)))) }
    }
    return try template.render(.object(JSONObject(members)))
  }

  /// The tokens of a conversation: rendered, then encoded without tokens of the post-processor, as
  /// transformers' `apply_chat_template` does.
  package func encode(
    chat messages: JSONValue, tools: JSONValue? = nil, addGenerationPrompt: Bool
  ) throws -> [UInt32] {
    try tokenizer.encode(
      render(messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt),
      addSpecialTokens: false)
  }

  // MARK: - Files

  private static func json(_ folder: ModelFolder, _ name: String) throws -> JSONNode? {
    guard let path = try folder.file(name) else { return nil }
    var parser = JSONParser(maxDepth: 64)
    do { return try parser.parse(readFile(path, limit: 1 << 26)) } catch is JSONSyntaxError {
      throw HubError.malformed(path: path, expected: "JSON")
    }
  }

  /// A token is a text, or an object whose `content` is the text.
  private static func token(_ node: JSONNode?) -> String? { node?.string ?? node?["content"]?.string }

  /// The first end token that the generation or the model configuration names.
  private static func endToken(_ folder: ModelFolder) throws -> UInt32? {
    for name in ["generation_config.json", "config.json"] {
      let node = try json(folder, name)?["eos_token_id"]
      if let id = node?.int ?? node?.array?.first?.int { return UInt32(exactly: id) }
    }
    return nil
  }

  private static func templateSource(
    _ folder: ModelFolder, _ configuration: JSONNode?
  ) throws -> (text: String, name: String)? {
    let name = "chat_template.jinja"
    if let path = try folder.file(name) {
      let bytes = try readFile(path, limit: 1 << 24)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw HubError.malformed(path: path, expected: "UTF-8 text")
      }
      return (text, name)
    }
    guard let node = configuration?["chat_template"] else { return nil }
    if let text = node.string { return (text, "tokenizer_config.json: chat_template") }
    for entry in node.array ?? [] where entry["name"]?.string == "default" {
      if let text = entry["template"]?.string { return (text, "tokenizer_config.json: chat_template default") }
    }
    return nil
  }
}
