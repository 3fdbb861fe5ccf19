internal import KTOCore

extension Message {
  /// Whether it tells the model how to behave.
  var isSystem: Bool { role == "system" || role == "developer" }

  /// Role and content alone.
  func plainJSON() -> JSONValue { .members(["role": .string(role), "content": .string(content)]) }

  /// The message with the roles that most trainers know: a developer's message is a system message.
  var withCommonRole: Message {
    Message(role: role == "developer" ? "system" : role, content: content, extra: extra)
  }

  /// Its calls of tools; empty where it has none.
  var toolCalls: [ToolCall] {
    guard let extra else { return [] }
    var parser = JSONParser()
    guard let object = try? parser.parse(extra.utf8) else { return [] }
    return (object["tool_calls"]?.array ?? []).compactMap { call in
      let function = call["function"] ?? call
      guard let name = function["name"]?.string else { return nil }
      return ToolCall(name: name, arguments: function["arguments"] ?? JSONNode(.object(JSONObject())))
    }
  }

  /// Whether something beside its calls of tools stands in its fields.
  var hasOtherFields: Bool {
    guard let extra else { return false }
    var parser = JSONParser()
    guard let object = (try? parser.parse(extra.utf8))?.object else { return true }
    return object.members.contains { $0.key != "tool_calls" }
  }
}

/// A call of a tool by the model.
struct ToolCall {
  var name: String
  /// An object, or a text that holds one.
  var arguments: JSONNode

  /// Name and arguments, the latter as an object where they are one.
  func json() -> JSONValue {
    var value = arguments.value
    if case .string(let text) = value {
      var parser = JSONParser()
      if let parsed = try? parser.parse(text.utf8), parsed.object != nil { value = parsed.value }
    }
    return .members(["name": .string(name), "arguments": value])
  }
}
