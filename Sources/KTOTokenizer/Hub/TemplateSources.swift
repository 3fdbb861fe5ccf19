internal import KTOCore

/// The chat templates of a model's folder.
struct TemplateSources {
  struct Source {
    var text: String
    /// The file, for errors.
    var name: String
  }

  var main: Source?
  var toolUse: Source?

  /// `chat_template.jinja`, before `chat_template` of tokenizer_config.json: a string, or a list of named ones, of
  /// which `default` is the main one. `additional_chat_templates/tool_use.jinja` goes with the former.
  init(folder: ModelFolder, configuration: JSONNode?) throws {
    func read(_ file: String) throws -> Source? {
      guard let path = try folder.file(file) else { return nil }
      let bytes = try readFile(path, limit: 1 << 22)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw HubError.malformed(path: path, expected: "UTF-8 text")
      }
      return Source(text: text, name: file)
    }
    if let file = try read("chat_template.jinja") {
      main = file
      toolUse = try read("additional_chat_templates/tool_use.jinja")
      return
    }
    guard let node = configuration?["chat_template"], !node.isNull else { return }
    if let text = node.string {
      main = Source(text: text, name: "tokenizer_config.json#chat_template")
      return
    }
    func named(_ name: String) -> Source? {
      node.array?.first { $0["name"]?.string == name }?["template"]?.string.map {
        Source(text: $0, name: "tokenizer_config.json#chat_template:\(name)")
      }
    }
    main = named("default")
    toolUse = named("tool_use")
    guard main != nil || toolUse != nil else {
      throw HubError.malformed(
        path: "\(folder.path)/tokenizer_config.json",
        expected: "a string or a list of templates in chat_template")
    }
  }
}
