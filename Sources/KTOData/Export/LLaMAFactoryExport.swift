internal import KTOCore

/// LLaMA-Factory's ShareGPT form with `kto_tag`, and `dataset_info.json`, which names the data sets `kto_train`, ….
///
/// LLaMA-Factory passes over conversations whose speakers do not take turns, so these are left out here and counted.
package struct LLaMAFactoryExport: ExampleExport {
  package static let name = "llama-factory"
  package static let summary =
    "LLaMA-Factory's ShareGPT form with kto_tag, and the dataset_info.json that names it"
  package static let keeps: Set<ExamplePart> = [.system, .tools, .messageFields]

  package private(set) var losses = ExportLosses()
  private let files: PartLines
  private static let infoName = "dataset_info.json"

  package static func fileName(split: String) -> String? { split + ".jsonl" }

  package static func files(in folder: String, parts: [String]) -> [String] {
    [infoName] + parts.map { $0 + ".jsonl" }
  }

  package init(_ target: ExportTarget) throws {
    files = PartLines(target)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    guard let value = value(of: example) else { return [] }
    losses.note(example, keeping: Self.keeps)
    try files.append(Array(value.jsonText.utf8), part: part)
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    let names = try files.finish()
    let columns: JSONValue = .members([
      "messages": .string("conversations"), "system": .string("system"), "tools": .string("tools"),
      "kto_tag": .string("kto_tag"),
    ])
    let sets = names.map { name in
      JSONObject.Member(
        "kto_" + name.dropLast(".jsonl".count),
        JSONNode(
          .members([
            "file_name": .string(name), "formatting": .string("sharegpt"), "columns": columns,
          ])))
    }
    let text = JSONValue.object(JSONObject(sets)).indentedText
    try writeFile("\(files.folder)/\(Self.infoName)", text.utf8 + [0x0A], force: files.force)
    return names + [Self.infoName]
  }

  private mutating func value(of example: Example) -> JSONValue? {
    var messages = example.prompt + example.completion
    var system = ""
    if let first = messages.first, first.isSystem {
      system = first.content
      messages.removeFirst()
    }
    guard messages.last?.toolCalls.isEmpty == true else { return leaveOut("an answer that calls a tool") }
    var turns: [JSONValue] = []
    var losesText = false
    var losesFields = false
    for (index, message) in messages.enumerated() {
      let calls = message.toolCalls
      let isAnswer = index.isMultiple(of: 2) == false
      let from: String
      switch message.role {
      case "user" where !isAnswer: from = "human"
      case "tool" where !isAnswer: from = "observation"
      case "assistant" where isAnswer: from = calls.isEmpty ? "gpt" : "function_call"
      default: return leaveOut("speakers that do not take turns")
      }
      if !calls.isEmpty, !message.content.isEmpty { losesText = true }
      if message.hasOtherFields { losesFields = true }
      let value = calls.isEmpty ? message.content : text(of: calls)
      turns.append(.members(["from": .string(from), "value": .string(value)]))
    }
    guard turns.count.isMultiple(of: 2) else { return leaveOut("speakers that do not take turns") }
    if losesText { losses.note("texts beside tool calls") }
    if losesFields { losses.note("names and other fields of messages") }
    return .members([
      "conversations": .items(turns), "system": .string(system),
      "tools": .string(example.tools?.jsonText ?? ""), "kto_tag": .bool(example.label ?? false),
    ])
  }

  private func text(of calls: [ToolCall]) -> String {
    calls.count == 1 ? calls[0].json().jsonText : JSONValue.items(calls.map { $0.json() }).jsonText
  }

  private mutating func leaveOut(_ reason: String) -> JSONValue? {
    losses.leaveOut(reason)
    return nil
  }
}
