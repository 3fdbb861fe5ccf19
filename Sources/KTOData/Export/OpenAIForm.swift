package import KTOCore

/// OpenAI's messages with a feedback field, `thumbs_up` or `thumbs_down`.
package enum OpenAIForm: ExportForm {
  package static let name = "openai"
  package static let summary = "OpenAI's messages with feedback, thumbs_up or thumbs_down"
  package static let keeps: Set<ExamplePart> = [.id, .system, .tools, .messageFields]

  package static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue? {
    var members: [JSONObject.Member] = [
      .init("id", JSONNode(.string(example.id))),
      .init("messages", JSONNode(.items((example.prompt + example.completion).map { $0.openAIJSON() }))),
      .init("feedback", JSONNode(.string(example.label == true ? "thumbs_up" : "thumbs_down"))),
    ]
    if let tools = example.tools { members.append(.init("tools", JSONNode(tools))) }
    return .object(JSONObject(members))
  }
}

extension Message {
  /// As OpenAI has it: arguments of calls are text, and no text beside calls is null.
  func openAIJSON() -> JSONValue {
    guard case .object(var object) = json() else { return .null }
    for index in object.members.indices where object.members[index].key == "tool_calls" {
      guard let calls = object.members[index].node.array else { continue }
      object.members[index].node = JSONNode(.items(calls.map { $0.withTextArguments() }))
      if content.isEmpty, let place = object.members.firstIndex(where: { $0.key == "content" }) {
        object.members[place].node = JSONNode(.null)
      }
    }
    return .object(object)
  }
}

extension JSONNode {
  /// A call of a tool whose arguments are a text.
  fileprivate func withTextArguments() -> JSONValue {
    guard var call = object, let place = call.members.firstIndex(where: { $0.key == "function" }),
      var function = call.members[place].node.object,
      let arguments = function.members.firstIndex(where: { $0.key == "arguments" })
    else { return value }
    let node = function.members[arguments].node
    guard node.string == nil else { return value }
    function.members[arguments].node = JSONNode(.string(node.value.jsonText))
    call.members[place].node = JSONNode(.object(function))
    return .object(call)
  }
}
