internal import KTOCore
internal import KTOHub
internal import KTOTemplates
internal import KTOTokenizer

/// Renders one conversation after another as the options of `render` say.
struct ConversationRenderer {
  enum Output {
    case text(String)
    case ids([UInt32])
    case masked([UInt32], mask: [Bool])

    /// A line of JSON.
    var json: String {
      switch self {
      case .text(let text): JSONValue.string(text).jsonText
      case .ids(let ids): Self.list(ids)
      case .masked(let ids, let mask):
        "{\"ids\":\(Self.list(ids)),\"assistant_mask\":\(Self.list(mask.map { $0 ? 1 : 0 }))}"
      }
    }

    private static func list(_ numbers: [some BinaryInteger]) -> String {
      "[" + numbers.map { "\($0)" }.joined(separator: ",") + "]"
    }

    /// What is printed: a text alone as it is, but for the newline that a terminal wants.
    func text(for terminal: Terminal, isAlone: Bool) -> String {
      switch self {
      case .text(let text):
        let isWhole = isAlone && !terminal.isInteractive || text.utf8.last == UInt8(ascii: "\n") && isAlone
        return isWhole ? text : text + "\n"
      case .ids(let ids): return ids.map { "\($0)" }.joined(separator: " ") + "\n"
      case .masked: return json + "\n"
      }
    }
  }

  private let model: ModelTokenizer
  private let template: ChatTemplate?
  private let options: RenderCommand
  private let tools: JSONValue?
  private let documents: JSONValue?

  init(_ options: RenderCommand) throws {
    let clock = options.date?.clock ?? localClock()
    self.options = options
    let model = try ModelTokenizer(
      folder: try options.cache.resolve(options.model, revision: options.revision), clock: clock)
    self.model = model
    template = try options.template.map { try Self.template($0, of: model, clock) }
    tools = try options.tools.map(Self.json)
    documents = try options.documents.map(Self.json)
  }

  /// Whether the template says what the assistant generated, for conversations without tools of their own.
  var marksGenerated: Bool { used?.hasGenerationBlocks ?? false }

  /// What errors call the template.
  var templateName: String { used?.name ?? "chat template" }

  private var used: ChatTemplate? { template ?? (try? model.template(withTools: tools != nil)) }

  func render(_ request: ChatRequest) throws -> Output {
    var request = request
    request.tools = request.tools ?? tools
    request.documents = request.documents ?? documents
    request.addsGenerationPrompt = options.addGenerationPrompt
    request.continuedField = options.continueFinalMessage ? options.continueField : nil
    for variable in options.variables {
      request.variables.members.append(JSONObject.Member(variable.name, JSONNode(variable.value)))
    }
    let rendered =
      try template?.apply(request, specialTokens: model.specialTokens) ?? model.render(request)
    if options.mask {
      let (ids, mask) = try model.encodeMasked(rendered)
      return .masked(ids, mask: mask)
    }
    guard options.ids else { return .text(rendered.text) }
    return .ids(try model.tokenizer.encode(rendered.text, addSpecialTokens: false))
  }

  private static func template(
    _ name: String, of model: ModelTokenizer, _ clock: TemplateClock
  ) throws -> ChatTemplate {
    if let template = try model.template(named: name) { return template }
    let bytes = try readFile(name, limit: 1 << 22)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError.cannotRead(path: name, reason: "it is not UTF-8 text")
    }
    var template = try ChatTemplate(source: text, name: name)
    template.clock = clock
    return template
  }

  private static func json(_ path: String) throws -> JSONValue {
    var parser = JSONParser()
    do { return try parser.parse(try readFile(path, limit: 1 << 26)).value } catch let error
      as JSONSyntaxError
    {
      throw FileError.cannotRead(path: path, reason: "byte \(error.offset): \(error.description)")
    }
  }
}
