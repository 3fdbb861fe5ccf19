package import KTOCore

extension ModelTokenizer {
  /// The template for a conversation: with tools, the one the model names `tool_use`, if it does.
  /// - Throws: `HubError.fileMissing` where the model has no template.
  package func template(withTools: Bool) throws(HubError) -> ChatTemplate {
    guard let template = (withTools ? toolTemplate : nil) ?? template else {
      throw .fileMissing(file: "chat_template.jinja", folder: path)
    }
    return template
  }

  /// The names of the model's templates.
  package var templateNames: [String] { templates.names }

  /// The template of that name; nil where the model has none.
  /// - Throws: `TemplateError`.
  package func template(named name: String) throws -> ChatTemplate? { try templates[name] }

  /// The text of a conversation, as transformers' `apply_chat_template(tokenize=False)` gives it.
  /// - Throws: `ChatError`, `TemplateError`; `HubError.fileMissing` where the model has no template.
  package func render(_ request: ChatRequest) throws -> RenderedChat {
    try template(withTools: request.tools != nil).apply(request, specialTokens: specialTokens)
  }

  /// The text of a whole conversation.
  /// - Parameters:
  ///   - messages: an array of objects with `role` and `content`.
  ///   - tools: an array of JSON schemas; nil for none.
  ///   - variables: further names the template reads, such as `enable_thinking`.
  package func render(
    messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool, variables: JSONObject = JSONObject()
  ) throws -> String {
    var request = ChatRequest(
      messages: messages, tools: tools, addsGenerationPrompt: addGenerationPrompt)
    request.variables = variables
    return try render(request).text
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
}
