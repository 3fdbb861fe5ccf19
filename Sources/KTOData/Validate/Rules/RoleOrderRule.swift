internal import KTOCore

/// E04: the prompt ends with user or tool, the completion is the assistant's.
struct RoleOrderRule: ValidationRule {
  mutating func check(_ example: Example, _ findings: inout RuleFindings) {
    if let last = example.prompt.last {
      if last.role != "user", last.role != "tool" {
        findings.error("E04", "the prompt ends with a turn of the \(excerpt(last.role)), not of user or tool")
      }
    } else {
      findings.error("E04", "the prompt is empty")
    }
    if let first = example.completion.first, let last = example.completion.last,
      first.role != "assistant" || last.role != "assistant"
        || example.completion.contains(where: { $0.role != "assistant" && $0.role != "tool" })
    {
      findings.error("E04", "the completion holds turns that are not the assistant's")
    }
  }
}
