package import KTOCore

/// A model's tokenizer with its chat template and special tokens, as its folder gives them.
package struct ModelTokenizer: Sendable {
  /// Without the file's truncation and padding, as transformers encodes.
  package let tokenizer: Tokenizer
  package let template: ChatTemplate?
  /// The template used when tools are given, where the model names one `tool_use`.
  package let toolTemplate: ChatTemplate?
  package let bosToken: String?
  package let eosToken: String?
  package let padToken: String?
  package let unkToken: String?
  /// The id of `eosToken`, or the first `eos_token_id` of generation_config.json or config.json.
  package let eosID: UInt32?
  /// SHA-256 of tokenizer.json.
  package let tokenizerHash: String
  /// SHA-256 of the chat template's text.
  package let templateHash: String?
  /// The model's folder, for messages.
  private let path: String

  /// Loads tokenizer.json, and what there is of tokenizer_config.json, chat_template.jinja and config.json.
  /// - Parameter clock: the date for templates that ask for it.
  /// - Throws: `HubError`, `TokenizerError`, `TemplateError`, `FileError`.
  package init(folder: ModelFolder, clock: TemplateClock? = nil) throws {
    path = folder.path
    let file = try folder.required("tokenizer.json")
    let json = try readFile(file, limit: 1 << 28)
    var loaded = try Tokenizer(json: json, path: file)
    loaded.truncation = nil
    loaded.padding = nil
    tokenizer = loaded
    tokenizerHash = SHA256.hash(json)
    let configuration = try Self.object("tokenizer_config.json", in: folder)
    let special = try Self.object("special_tokens_map.json", in: folder)
    func token(_ name: String) -> String? {
      Self.content(configuration?[name]) ?? Self.content(special?[name])
    }
    bosToken = token("bos_token")
    padToken = token("pad_token")
    unkToken = token("unk_token")
    let eosToken = token("eos_token")
    eosID = try eosToken.flatMap { loaded.id(of: $0) } ?? Self.eosID(in: folder)
    self.eosToken = eosToken ?? eosID.flatMap { loaded.token(of: $0) }
    let templates = try TemplateSources(folder: folder, configuration: configuration)
    template = try templates.main.map { try Self.parse($0, clock) }
    toolTemplate = try templates.toolUse.map { try Self.parse($0, clock) }
    templateHash = templates.main.map { SHA256.hash(Array($0.text.utf8)) }
  }

  private static func parse(_ source: TemplateSources.Source, _ clock: TemplateClock?) throws -> ChatTemplate
  {
    var template = try ChatTemplate(source: source.text, name: source.name)
    template.clock = clock
    return template
  }

  /// A token of a configuration: a string, or an object with its `content`.
  private static func content(_ node: JSONNode?) -> String? { node?.string ?? node?["content"]?.string }

  /// The object in a file of the folder; nil where there is no such file.
  static func object(_ name: String, in folder: ModelFolder) throws -> JSONNode? {
    guard let path = try folder.file(name) else { return nil }
    var parser = JSONParser(maxDepth: 64)
    do {
      let node = try parser.parse(try readFile(path, limit: 1 << 26))
      guard node.object != nil else { throw HubError.malformed(path: path, expected: "an object") }
      return node
    } catch let error as JSONSyntaxError {
      throw TokenizerError.notJSON(path: path, reason: error.description, offset: error.offset)
    }
  }

  private static func eosID(in folder: ModelFolder) throws -> UInt32? {
    for name in ["generation_config.json", "config.json"] {
      let node = try object(name, in: folder)?["eos_token_id"]
      if let id = node?.int ?? node?.array?.first?.int, let narrow = UInt32(exactly: id) { return narrow }
    }
    return nil
  }

  /// The text of a conversation, as transformers' `apply_chat_template(tokenize=False)` gives it.
  ///
  /// A message's reasoning is given to the template under the names `reasoning_content` and `thinking`, whichever
  /// it came under, as transformers does.
  /// - Parameters:
  ///   - messages: an array of objects with `role` and `content`.
  ///   - tools: an array of JSON schemas; nil for none.
  ///   - variables: further names the template reads, such as `enable_thinking`.
  /// - Throws: `TemplateError`; `HubError.fileMissing` where the model has no template.
  package func render(
    messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool, variables: JSONObject = JSONObject()
  ) throws -> String {
    guard let template = (tools == nil ? nil : toolTemplate) ?? template else {
      throw HubError.fileMissing(file: "chat_template.jinja", folder: path)
    }
    var context = JSONObject()
    func set(_ key: String, _ value: JSONValue) {
      context.members.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
      context.members.append(JSONObject.Member(key, JSONNode(value)))
    }
    for (name, token) in [
      ("bos_token", bosToken), ("eos_token", eosToken), ("pad_token", padToken), ("unk_token", unkToken),
    ] {
      if let token { set(name, .string(token)) }
    }
    for member in variables.members { set(member.key, member.node.value) }
    set("messages", Self.withReasoningNames(messages))
    set("tools", tools ?? .null)
    set("documents", .null)
    set("add_generation_prompt", .bool(addGenerationPrompt))
    return try template.render(.object(context))
  }

  /// The ids of a conversation: its text, encoded without further special tokens.
  package func encode(
    chat messages: JSONValue, tools: JSONValue? = nil, addGenerationPrompt: Bool,
    variables: JSONObject = JSONObject()
  ) throws -> [UInt32] {
    let text = try render(
      messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt, variables: variables)
    return try tokenizer.encode(text, addSpecialTokens: false)
  }

  private static func withReasoningNames(_ messages: JSONValue) -> JSONValue {
    guard case .array(let items) = messages else { return messages }
    return .array(
      items.map { item in
        guard var object = item.object else { return item }
        let names = ["reasoning_content", "thinking", "reasoning"]
        guard let reasoning = names.compactMap({ object[$0] }).first(where: { !$0.isNull }) else {
          return item
        }
        func member(_ key: String) -> JSONObject.Member {
          JSONObject.Member(key, reasoning, keyOffset: reasoning.offset)
        }
        // `thinking` comes first where it is new, and keeps its own value where it is not.
        if object["thinking"] == nil { object.members.insert(member("thinking"), at: 0) }
        if let place = object.members.firstIndex(where: { $0.key == "reasoning_content" }) {
          object.members[place].node = reasoning
        } else {
          object.members.append(member("reasoning_content"))
        }
        return JSONNode(.object(object), offset: item.offset)
      })
  }
}
