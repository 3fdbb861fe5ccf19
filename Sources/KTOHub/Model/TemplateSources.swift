internal import KTOCore
internal import KTOTemplates

/// The chat templates of a model's folder, by name: `default` is the main one, `tool_use` the one for tools.
struct TemplateSources {
  private struct Source {
    var name: String
    var text: String
    /// The file, for errors.
    var origin: String
  }

  private var sources: [Source] = []
  private let clock: TemplateClock?

  /// The templates' names.
  var names: [String] { sources.map(\.name) }

  /// `chat_template.jinja` and `additional_chat_templates/NAME.jinja`, or, where there is neither, `chat_template` of
  /// tokenizer_config.json: a string, or a list of named ones.
  /// - Throws: `HubError`, `FileError`.
  init(folder: ModelFolder, configuration: JSONNode?, clock: TemplateClock?) throws {
    self.clock = clock
    func read(_ file: String, named name: String) throws {
      guard let path = try folder.file(file) else { return }
      let bytes = try readFile(path, limit: 1 << 22)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw HubError.malformed(path: path, expected: "UTF-8 text")
      }
      sources.append(Source(name: name, text: text, origin: file))
    }
    try read("chat_template.jinja", named: "default")
    for file in FileSystem.names(in: "\(folder.path)/additional_chat_templates")
    where file.hasSuffix(".jinja") {
      let name = String(file.dropLast(6))
      sources.removeAll { $0.name == name }
      try read("additional_chat_templates/\(file)", named: name)
    }
    if !sources.isEmpty { return }
    guard let node = configuration?["chat_template"], !node.isNull else { return }
    let origin = "tokenizer_config.json#chat_template"
    if let text = node.string {
      sources = [Source(name: "default", text: text, origin: origin)]
      return
    }
    for item in node.array ?? [] {
      guard let name = item["name"]?.string, let text = item["template"]?.string else { continue }
      sources.removeAll { $0.name == name }
      sources.append(Source(name: name, text: text, origin: "\(origin):\(name)"))
    }
    guard !sources.isEmpty else {
      throw HubError.malformed(
        path: "\(folder.path)/tokenizer_config.json",
        expected: "a string or a list of templates in chat_template")
    }
  }

  func text(of name: String) -> String? { sources.first { $0.name == name }?.text }

  /// The template of that name; nil where there is none.
  /// - Throws: `TemplateError`.
  subscript(name: String) -> ChatTemplate? {
    get throws {
      guard let source = sources.first(where: { $0.name == name }) else { return nil }
      var template = try ChatTemplate(source: source.text, name: source.origin)
      template.clock = clock
      return template
    }
  }
}
