package import KTOCore

/// ms-swift's messages with a label. A call of a tool is a message of its own there.
package enum MSSwiftForm: ExportForm {
  package static let name = "ms-swift"
  package static let summary = "ms-swift's messages with label, and tools where an example has them"
  package static let keeps: Set<ExamplePart> = [.system, .tools, .messageFields]

  package static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue? {
    var messages: [JSONValue] = []
    var losesFields = false
    for message in (example.prompt + example.completion).map(\.withCommonRole) {
      let calls = message.toolCalls
      if message.hasOtherFields { losesFields = true }
      if calls.isEmpty || !message.content.isEmpty { messages.append(message.plainJSON()) }
      for call in calls {
        messages.append(
          .members(["role": .string("tool_call"), "content": .string(call.json().jsonText)]))
      }
    }
    if losesFields { losses.note("names and other fields of messages") }
    var members: [JSONObject.Member] = [
      .init("messages", JSONNode(.items(messages))), .init("label", JSONNode(.bool(example.label ?? false))),
    ]
    if let tools = example.tools { members.append(.init("tools", JSONNode(.string(tools.jsonText)))) }
    return .object(JSONObject(members))
  }
}
