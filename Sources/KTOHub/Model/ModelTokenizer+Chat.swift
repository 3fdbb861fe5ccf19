package import KTOCore
package import KTOTemplates
internal import KTOTokenizer

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

  /// The ids of a conversation, and which of them the template marks as the assistant's: none, where it marks nothing.
  /// - Throws: `ChatError.maskOfContinuation` where the last message is left open, and what `render` throws.
  package func encodeMasked(_ request: ChatRequest) throws -> (ids: [UInt32], mask: [Bool]) {
    guard request.continuedField == nil else { throw ChatError.maskOfContinuation }
    return try encodeMasked(try render(request))
  }

  /// The ids of a rendered conversation, and which of them the template marks as the assistant's.
  package func encodeMasked(_ chat: RenderedChat) throws -> (ids: [UInt32], mask: [Bool]) {
    let text = Array(chat.text.utf8)
    let encoding = try tokenizer.encodeWithOffsets(bytes: text, addSpecialTokens: false)
    return (encoding.ids, assistantMask(ranges: chat.generated, offsets: encoding.offsets, text: text))
  }
}
