internal import KTOCore

extension ConvertedRecord {
  /// The turns of a message list, in any of the dialects that real files mix: `role`/`content` and
  /// `from`/`value`, content as text, parts or null.
  /// - Returns: nil where something is wrong, after saying what.
  mutating func turns(_ node: JSONNode, _ pointer: String) -> [Turn]? {
    guard let items = node.array else {
      error(.wrongShape, node, pointer, "a list of messages is expected here, not a JSON \(node.typeName)")
      return nil
    }
    let errorCount = findings.count
    var turns: [Turn] = []
    for (index, item) in items.enumerated() {
      if let turn = turn(item, "\(pointer)/\(index)") { turns.append(turn) }
    }
    return findings.count == errorCount ? turns : nil
  }

  /// Messages, one message, or a string that stands for one message of `role`.
  mutating func turnsOrText(_ node: JSONNode, _ pointer: String, role: String) -> [Turn]? {
    guard let text = node.string else {
      if node.array != nil { return turns(node, pointer) }
      if node["role"] != nil || node["from"] != nil { return turn(node, pointer).map { [$0] } }
      error(
        .wrongShape, node, pointer, "text or a list of messages is expected here, not a JSON \(node.typeName)"
      )
      return nil
    }
    return [Turn(role: role, text: text, at: node, pointer)]
  }

  private mutating func turn(_ node: JSONNode, _ pointer: String) -> Turn? {
    guard let object = node.object else {
      error(.wrongShape, node, pointer, "a message must be a JSON object, not a JSON \(node.typeName)")
      return nil
    }
    let roleKey = node["role"] == nil && node["from"] != nil ? "from" : "role"
    let contentKey = contentName(of: node)
    guard let roleNode = node[roleKey] else {
      error(.wrongShape, node, pointer, "the message has no \"role\" (or \"from\")")
      return nil
    }
    let rolePointer = pointer + "/" + roleKey
    guard let rawRole = roleNode.string else {
      error(.wrongShape, roleNode, rolePointer, "a role must be a string, not a JSON \(roleNode.typeName)")
      return nil
    }
    guard let role = SpeakerRole(rawRole) else {
      error(
        .unknownRole, roleNode, rolePointer, "unknown role \"\(excerpt(rawRole))\"",
        hint: "known roles are system, developer, user, assistant, tool and ShareGPT's names for them")
      return nil
    }
    let contentPointer = pointer + "/" + contentKey
    // Most messages have a role and a content, and nothing more.
    let isPlain = object.members.count == 2 && node[contentKey] != nil
    var extra = isPlain ? [] : extraFields(of: object, besides: [roleKey, contentKey], pointer)
    let hasCalls =
      !isPlain && (node["tool_calls"]?.array?.isEmpty == false || node["function_call"]?.object != nil)
    var turn = Turn(
      message: Message(role: role.name, content: ""), offset: node.offset, pointer: pointer,
      contentOffset: node[contentKey]?.offset ?? node.offset,
      contentPointer: node[contentKey] == nil ? pointer : contentPointer, hasToolCalls: hasCalls)
    if !isPlain { readEvidence(of: node, pointer, into: &turn) }
    guard let contentNode = node[contentKey], !contentNode.isNull else {
      guard hasCalls || role == .assistant else {
        error(
          .wrongShape, node[contentKey] ?? node, turn.contentPointer,
          "the \(role.name) message has no content",
          hint: "only an assistant message with tool_calls may leave its content out")
        return nil
      }
      turn.message.extra = extra.isEmpty ? nil : JSONValue.object(JSONObject(extra)).jsonText
      return turn
    }
    guard let text = contentText(contentNode, contentPointer) else { return nil }
    if role == .call {
      guard let calls = toolCalls(text) else {
        error(
          .wrongShape, contentNode, contentPointer,
          "a function call must be a JSON object with a \"name\" and \"arguments\"")
        return nil
      }
      extra.append(JSONObject.Member("tool_calls", JSONNode(calls)))
      turn.hasToolCalls = true
    } else {
      turn.message.content = text
    }
    turn.message.extra = extra.isEmpty ? nil : JSONValue.object(JSONObject(extra)).jsonText
    return turn
  }

  /// `value` is ShareGPT's name, `refusal` OpenAI's for an answer that refuses.
  private func contentName(of node: JSONNode) -> String {
    if let content = node["content"], !content.isNull { return "content" }
    return ["value", "refusal"].first { node[$0]?.string != nil } ?? "content"
  }

  /// The text of a content that is a string or a list of text parts, which are joined by line ends.
  mutating func contentText(_ node: JSONNode, _ pointer: String) -> String? {
    if let text = node.string { return text }
    guard let parts = node.array else {
      error(
        .wrongShape, node, pointer, "content must be a string or a list of parts, not a JSON \(node.typeName)"
      )
      return nil
    }
    var texts: [String] = []
    for (index, part) in parts.enumerated() {
      if let text = part.string ?? part["text"]?.string ?? part["refusal"]?.string {
        texts.append(text)
      } else {
        let kind = part["type"]?.string.map { "a part of type \"\(excerpt($0))\"" } ?? "this part"
        error(.wrongShape, part, "\(pointer)/\(index)", "\(kind) is not text; only text can be trained on")
        return nil
      }
    }
    return texts.joined(separator: "\n")
  }
}

extension ConvertedRecord {
  /// The fields a chat template may read beside role and content. `weight` is not one: it is a loss mask.
  private static let templateFields = [
    "name", "tool_calls", "tool_call_id", "function_call", "reasoning_content",
  ]

  /// Those fields of a message; what else it has is named as not used.
  private mutating func extraFields(
    of object: JSONObject, besides known: [String], _ pointer: String
  ) -> [JSONObject.Member] {
    for member in object.members where !member.node.isNull {
      let key = member.key
      if !known.contains(key), !Self.templateFields.contains(key), !VerdictFields.contain(key),
        !words.read(key)
      {
        leave(key, in: pointer)
      }
    }
    return Self.templateFields.compactMap { name in
      guard let value = object[name], !value.isNull else { return nil }
      return JSONObject.Member(name, value)
    }
  }

  /// What is said about a turn alone. Only an assistant's turn can be judged.
  private mutating func readEvidence(of node: JSONNode, _ pointer: String, into turn: inout Turn) {
    if turn.message.role == "assistant" {
      turn.evidence = evidence(of: node, pointer)
    } else {
      for name in VerdictFields.names where node[name]?.isNull == false { leave(name, in: pointer) }
    }
  }
}

/// ShareGPT writes a call as JSON in a string: one `{name, arguments}` or a list of them.
private func toolCalls(_ text: String) -> JSONValue? {
  var parser = JSONParser(maxDepth: 64)
  guard let node = try? parser.parse(text.utf8) else { return nil }
  let calls = node.array ?? [node]
  guard !calls.isEmpty, calls.allSatisfy({ $0["name"]?.string != nil }) else { return nil }
  return .items(calls.map { .members(["type": .string("function"), "function": $0.value]) })
}

/// Who speaks, under the names that files give them.
enum SpeakerRole: Equatable {
  case system, developer, user, assistant, tool
  /// ShareGPT's assistant turn that holds a function call instead of text.
  case call

  init?(_ raw: String) {
    switch raw.lowercased() {
    case "system": self = .system
    case "developer": self = .developer
    case "user", "human", "prompter": self = .user
    case "assistant", "gpt", "chatgpt", "bing", "bard", "model": self = .assistant
    case "tool", "observation", "function", "function_response", "tool_response": self = .tool
    case "function_call", "tool_call": self = .call
    default: return nil
    }
  }

  var name: String {
    switch self {
    case .system: "system"
    case .developer: "developer"
    case .user: "user"
    case .assistant, .call: "assistant"
    case .tool: "tool"
    }
  }
}
