package import KTOCore

/// TRL's unpaired conversational form: exactly prompt, completion and label, and tools where an example has them.
///
/// Tools are a text that holds their JSON, which TRL reads: a column of objects would have one type for the tools of
/// all rows.
package enum TRLForm: ExportForm {
  package static let name = "trl"
  package static let summary =
    "TRL's unpaired conversational form: exactly prompt, completion and label a line"
  package static let keeps: Set<ExamplePart> = [.system, .tools, .messageFields]

  package static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue? {
    var members: [JSONObject.Member] = [
      .init("prompt", JSONNode(.items(example.prompt.map { $0.json() }))),
      .init("completion", JSONNode(.items(example.completion.map { $0.json() }))),
      .init("label", JSONNode(.bool(example.label ?? false))),
    ]
    if let tools = example.tools { members.append(.init("tools", JSONNode(.string(tools.jsonText)))) }
    return .object(JSONObject(members))
  }
}

/// TRL's unpaired standard form: texts in place of messages.
package enum TRLTextForm: ExportForm {
  package static let name = "trl-text"
  package static let summary =
    "TRL's unpaired standard form: prompt and completion as texts, for examples of one question and one answer"
  package static let keeps: Set<ExamplePart> = []

  package static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue? {
    let turns = example.prompt.filter { !$0.isSystem }
    guard turns.count == 1, turns[0].role == "user", example.completion.count == 1 else {
      losses.leaveOut("more than one question and one answer")
      return nil
    }
    guard let answer = example.completion.first, answer.extra == nil else {
      losses.leaveOut("an answer with tool calls")
      return nil
    }
    return .members([
      "prompt": .string(turns[0].content), "completion": .string(answer.content),
      "label": .bool(example.label ?? false),
    ])
  }
}
