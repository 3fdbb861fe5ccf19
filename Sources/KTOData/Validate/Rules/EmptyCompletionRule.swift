internal import KTOCore

/// E02: a completion without anything to learn from. Ingest finds most of these at the value itself; this
/// holds for examples made in any other way.
struct EmptyCompletionRule: ValidationRule {
  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    guard let last = example.completion.last else {
      return findings.error("E02", "the completion has no messages")
    }
    if isBlankText(last.content), !last.callsTools {
      findings.error("E02", "the completion is empty or blank", hint: "remove the record")
    }
  }
}

extension Message {
  /// Whether the message asks for tool calls, which need no text.
  var callsTools: Bool {
    guard let extra else { return false }
    return extra.contains("\"tool_calls\"") || extra.contains("\"function_call\"")
  }
}
