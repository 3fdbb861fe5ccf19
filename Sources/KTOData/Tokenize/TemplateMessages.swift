internal import KTOCore

extension [Message] {
  /// The messages as a chat template takes them.
  /// - Parameter argumentsAreObjects: whether arguments of calls that are JSON in a string, as OpenAI writes them, become
  ///   the objects that they stand for: templates write them with `tojson`, which would quote a string once more.
  func templateValue(argumentsAreObjects: Bool) -> JSONValue {
    .items(map { argumentsAreObjects ? $0.json().withArgumentObjects : $0.json() })
  }

  /// Whether any message has calls with arguments in a string.
  var haveArgumentTexts: Bool {
    contains { $0.extra != nil && $0.json() != $0.json().withArgumentObjects }
  }

  /// The messages without some of their fields; nil where none has any of them.
  func removing(_ fields: Set<String>) -> [Message]? {
    var hasRemoved = false
    let rest = map { message in
      guard let extra = message.extra else { return message }
      var parser = JSONParser()
      guard var object = (try? parser.parse(extra.utf8))?.object else { return message }
      let count = object.members.count
      object.members.removeAll { fields.contains($0.key) }
      guard object.members.count < count else { return message }
      hasRemoved = true
      var message = message
      message.extra = object.members.isEmpty ? nil : JSONValue.object(object).jsonText
      return message
    }
    return hasRemoved ? rest : nil
  }
}

extension JSONValue {
  /// A message whose calls have objects for arguments.
  fileprivate var withArgumentObjects: JSONValue {
    guard case .object(var message) = self else { return self }
    for index in message.members.indices {
      switch message.members[index].key {
      case "tool_calls":
        guard let calls = message.members[index].node.array else { continue }
        message.members[index].node.value = .items(calls.map(\.value.callWithArgumentObject))
      case "function_call":
        message.members[index].node.value = message.members[index].node.value.callWithArgumentObject
      default: break
      }
    }
    return .object(message)
  }

  private var callWithArgumentObject: JSONValue {
    guard case .object(var call) = self else { return self }
    for index in call.members.indices {
      let node = call.members[index].node
      if call.members[index].key == "function" {
        call.members[index].node.value = node.value.callWithArgumentObject
      } else if call.members[index].key == "arguments", let text = node.string {
        var parser = JSONParser(maxDepth: 64)
        if let parsed = try? parser.parse(text.utf8), parsed.object != nil {
          call.members[index].node.value = parsed.value
        }
      }
    }
    return .object(call)
  }
}
