internal import KTOCore

extension Message {
  /// Whether it has shingles.
  var isComparedByShingles: Bool { role != "system" && role != "developer" }

  /// The texts that shingles are made of: the content, names and arguments of calls, and other fields but for ids, which
  /// say nothing.
  var comparedTexts: [String] {
    guard let extra else { return [content] }
    var parser = JSONParser()
    guard let object = (try? parser.parse(extra.utf8))?.object else { return [content, extra] }
    return object.members.reduce(into: [content]) { texts, member in
      switch member.key {
      case "tool_call_id": break
      case "tool_calls": for call in member.node.array ?? [] { texts += callTexts(call) }
      case "function_call": texts += callTexts(member.node)
      default: texts.append(member.node.string ?? member.node.value.jsonText)
      }
    }
  }
}

/// Arguments that are a text which holds JSON are written as JSON is, so that white space does not matter.
private func callTexts(_ call: JSONNode) -> [String] {
  let function = call["function"] ?? call
  guard let arguments = function["arguments"] else { return [function["name"]?.string ?? ""] }
  var parser = JSONParser()
  let parsed = arguments.string.flatMap { try? parser.parse($0.utf8) }
  return [
    function["name"]?.string ?? "",
    arguments.string.map { parsed?.value.jsonText ?? $0 } ?? arguments.value.jsonText,
  ]
}
