internal import KTOCore

/// The names that a message's reasoning comes under; templates are shown the first two.
private let reasoningFields = ["reasoning_content", "thinking", "reasoning"]

/// Stands in the text where the message to be continued ends. The last character is what a template that trims takes
/// away. Source: transformers 5.23, `render_jinja_template`; a template that looks at the text sees the same.
private let continuationTag = "CONTINUE_FINAL_MESSAGE_TAG "

extension ChatTemplate {
  /// The text of a conversation, as transformers' `apply_chat_template(tokenize=False)` gives it.
  ///
  /// Members of a message that are null are left out, and its reasoning is given under the names `reasoning_content`
  /// and `thinking`, whichever it came under.
  /// - Parameter specialTokens: names such as `bos_token`, and their texts.
  /// - Throws: `ChatError`, `TemplateError`.
  package func apply(
    _ request: ChatRequest, specialTokens: [(name: String, text: String)] = []
  ) throws -> RenderedChat {
    var messages = try Self.objects(request.messages, at: "/messages")
    guard !messages.isEmpty else { throw ChatError.emptyConversation }
    if request.continuedField != nil, request.addsGenerationPrompt { throw ChatError.promptAndContinuation }
    for index in messages.indices { messages[index].prepareForTemplate() }
    var context = JSONObject()
    for token in specialTokens { context.set(token.name, .string(token.text)) }
    for member in request.variables.members {
      guard !["messages", "tools", "add_generation_prompt"].contains(member.key) else {
        throw ChatError.reservedVariable(member.key)
      }
      context.set(member.key, member.node.value)
    }
    if let tools = request.tools { _ = try Self.objects(tools, at: "/tools") }
    let documents = request.documents ?? request.variables["documents"]?.value ?? .null
    if documents != .null { _ = try Self.objects(documents, at: "/documents") }
    context.set("tools", request.tools ?? .null)
    context.set("documents", documents)
    context.set("add_generation_prompt", .bool(request.addsGenerationPrompt))
    let continued = try request.continuedField.map { try tag($0, ofLast: &messages) }
    context.set("messages", .array(messages.map { JSONNode(.object($0)) }))
    let rendered = try render(marking: .object(context))
    guard let continued else { return rendered }
    return RenderedChat(text: try cut(rendered.text, after: continued), generated: [])
  }

  private static func objects(_ value: JSONValue, at pointer: String) throws(ChatError) -> [JSONObject] {
    guard case .array(let items) = value else {
      throw .malformed(pointer: pointer, expected: "an array of objects")
    }
    var objects: [JSONObject] = []
    for (index, item) in items.enumerated() {
      guard let object = item.object else {
        throw .malformed(pointer: "\(pointer)/\(index)", expected: "an object")
      }
      objects.append(object)
    }
    return objects
  }

  /// Puts the tag behind the text that is to be continued, which is returned.
  private func tag(_ field: String, ofLast messages: inout [JSONObject]) throws(ChatError) -> String {
    var last = messages[messages.count - 1]
    guard let node = last[field] else { throw .nothingToContinue(field: field) }
    // Every copy of reasoning is tagged, whichever of them the template reads.
    let fields =
      reasoningFields.contains(field) ? reasoningFields.filter { last[$0]?.value == node.value } : [field]
    guard fields.contains(where: { contains($0) }) else {
      throw .fieldNotInTemplate(field: field, template: name)
    }
    guard let (text, tagged) = Self.tagged(node.value) else { throw .nothingToContinue(field: field) }
    for field in fields { last.set(field, tagged) }
    messages[messages.count - 1] = last
    return text
  }

  /// The text itself, or the last one of several parts: as it was, and the value with the tag.
  private static func tagged(_ value: JSONValue) -> (text: String, value: JSONValue)? {
    switch value {
    case .string(let text): return (text, .string(text + continuationTag))
    case .array(var parts):
      guard let place = parts.lastIndex(where: { $0["text"] != nil }),
        var part = parts[place].object, let text = part["text"]?.string
      else { return nil }
      part.set("text", .string(text + continuationTag))
      parts[place].value = .object(part)
      return (text, .array(parts))
    default: return nil
    }
  }

  /// The rendered text up to the tag; without the white space before it, where the template trims the message.
  private func cut(_ text: String, after continued: String) throws(ChatError) -> String {
    let tag = PythonText.strip(continuationTag, nil)
    let parts = PythonText.split(text, at: tag, limit: 1, fromEnd: true)
    guard parts.count == 2,
      findBytes(Array(PythonText.strip(continued, nil).utf8), in: Array(text.utf8), from: 0) != nil
    else { throw .continuationLost(template: name) }
    return parts[1].utf8.first == UInt8(ascii: " ")
      ? parts[0] : PythonText.strip(parts[0], nil, left: false)
  }
}

extension JSONObject {
  /// Gives a member a value, at its place or at the end.
  fileprivate mutating func set(_ key: String, _ value: JSONValue) {
    if let place = members.firstIndex(where: { $0.key.hasSameBytes(as: key) }) {
      members[place].node = JSONNode(value)
    } else {
      members.append(Member(key, JSONNode(value)))
    }
  }

  /// Leaves out what is null, and gives reasoning under each name that templates know.
  fileprivate mutating func prepareForTemplate() {
    members.removeAll { $0.node.isNull }
    let given = self
    guard let reasoning = reasoningFields.compactMap({ given[$0] }).first else { return }
    // `thinking` comes first where it is new, and keeps its own value where it is not.
    if self["thinking"] == nil { members.insert(Member("thinking", reasoning), at: 0) }
    set("reasoning_content", reasoning.value)
  }
}
