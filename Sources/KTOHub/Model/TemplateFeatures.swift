internal import KTOCore
internal import KTOTemplates

/// What a chat template does with parts of a conversation, found by rendering small ones: a part counts where its text
/// comes out.
package struct TemplateFeatures: Sendable, Equatable {
  /// The roles whose messages are shown, of those that are common.
  package var roles: [String] = []
  /// Whether the tools' descriptions are shown.
  package var showsTools = false
  /// Whether the assistant's calls of tools are shown.
  package var showsToolCalls = false
  /// Whether the reasoning of the last message is shown.
  package var showsReasoning = false
  /// Whether it can begin an answer.
  package var hasGenerationPrompt = false
  /// Whether it marks what the assistant generated.
  package var hasGenerationBlocks = false

  package init(of model: ModelTokenizer) throws {
    try self.init(hasBlocks: model.template(withTools: false).hasGenerationBlocks, render: model.render)
  }

  init(hasBlocks: Bool, render: (ChatRequest) throws -> RenderedChat) {
    hasGenerationBlocks = hasBlocks
    let mark = "QZMARKZQ"
    func message(_ role: String, _ content: String, _ more: [(String, JSONValue)] = []) -> JSONValue {
      var object = JSONObject()
      for (key, value) in [("role", .string(role)), ("content", .string(content))] + more {
        object.members.append(JSONObject.Member(key, JSONNode(value)))
      }
      return .object(object)
    }
    func text(_ messages: [JSONValue], tools: JSONValue? = nil, prompt: Bool = false) -> String? {
      try? render(ChatRequest(messages: .items(messages), tools: tools, addsGenerationPrompt: prompt)).text
    }
    func shows(_ messages: [JSONValue], tools: JSONValue? = nil) -> Bool {
      text(messages, tools: tools)?.contains(mark) ?? false
    }
    func call(_ name: String) -> JSONValue {
      let function = JSONValue.members(["name": .string(name), "arguments": .members([:])])
      let call = JSONValue.members([
        "id": .string("call12345"), "type": .string("function"), "function": function,
      ])
      return message("assistant", "", [("tool_calls", .items([call]))])
    }
    func tool(_ name: String) -> JSONValue {
      let parameters = JSONValue.members(["type": .string("object"), "properties": .members([:])])
      let function = JSONValue.members([
        "name": .string(name), "description": .string("d"), "parameters": parameters,
      ])
      return .items([.members(["type": .string("function"), "function": function])])
    }
    let user = message("user", "hello")
    let result = message("tool", mark, [("name", .string("f")), ("tool_call_id", .string("call12345"))])
    let conversations = [
      ("system", [message("system", mark), user]), ("developer", [message("developer", mark), user]),
      ("user", [message("user", mark)]), ("assistant", [user, message("assistant", mark)]),
      ("tool", [user, call("f"), result]),
    ]
    roles = conversations.filter { shows($0.1) || shows($0.1, tools: tool("f")) }.map(\.0)
    showsTools = shows([user], tools: tool(mark))
    showsToolCalls = shows([user, call(mark)]) || shows([user, call(mark)], tools: tool("f"))
    showsReasoning = shows([user, message("assistant", "x", [("reasoning_content", .string(mark))])])
    hasGenerationPrompt = text([user], prompt: true) != text([user])
  }
}
