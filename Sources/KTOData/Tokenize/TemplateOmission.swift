internal import KTOCore

/// What a chat template may leave out of a conversation.
package enum TemplateOmission: String, Sendable, CaseIterable {
  case tools = "the tool definitions"
  case promptCalls = "calls in the prompt"
  case completionCalls = "calls in the answer"
  case toolResults = "results of tools"
  case system = "the system message"
  case reasoning = "reasoning"
  case promptText = "text of the prompt"
  case completionText = "text of the answer"
}

extension RowTokenizer {
  /// What the template did not write of an example.
  ///
  /// A text must stand in what was rendered, white space around it apart. Calls, tools and reasoning, which templates
  /// write in forms of their own, are left out where the conversation without them is rendered alike.
  /// - Parameter text: prompt and completion together, rendered.
  func omissions(of example: Example, in text: String) -> [TemplateOmission] {
    var found: Set<TemplateOmission> = []
    var position = 0
    let bytes = text.utf8.span
    for (isCompletion, messages) in [(false, example.prompt), (true, example.completion)] {
      for message in messages where !isWritten(message, in: bytes, &position) {
        switch message.role {
        case "tool": found.insert(.toolResults)
        case "system", "developer": found.insert(.system)
        default: found.insert(isCompletion ? .completionText : .promptText)
        }
      }
    }
    func compare(
      _ omission: TemplateOmission, _ prompt: [Message], _ completion: [Message], tools: JSONValue?
    ) {
      if let without = try? rendered(prompt + completion, tools), without == text { found.insert(omission) }
    }
    let (prompt, completion, tools) = (example.prompt, example.completion, example.tools)
    if tools != nil { compare(.tools, prompt, completion, tools: nil) }
    let calls: Set = ["tool_calls", "function_call"]
    if let rest = prompt.removing(calls) { compare(.promptCalls, rest, completion, tools: tools) }
    if let rest = completion.removing(calls) { compare(.completionCalls, prompt, rest, tools: tools) }
    if let rest = (prompt + completion).removing(["reasoning_content"]) {
      compare(.reasoning, rest, [], tools: tools)
    }
    return TemplateOmission.allCases.filter { found.contains($0) }
  }

  /// Whether a message's text stands in what was rendered, most likely behind that of the message before it.
  private func isWritten(_ message: Message, in text: Span<UInt8>, _ position: inout Int) -> Bool {
    let whole = message.content.utf8.span
    let content = whole.extracting(outerSpaceBounds(whole))
    if content.isEmpty { return true }
    if let index = place(of: content, in: text, from: position) ?? place(of: content, in: text, from: 0) {
      position = index + content.count
      return true
    }
    guard message.role == "tool" else { return false }
    // Results of tools may be written as JSON strings.
    let quoted = JSONValue.string(message.content).jsonText.utf8.dropFirst().dropLast()
    return firstIndex(of: Array(quoted).span, in: text, from: 0) != nil
  }
}

/// Where bytes stand without white space around them.
private func outerSpaceBounds(_ bytes: Span<UInt8>) -> Range<Int> {
  var (start, end) = (0, bytes.count)
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  while start < end, isSpace(bytes[start]) { start += 1 }
  while end > start, isSpace(bytes[end - 1]) { end -= 1 }
  return start..<end
}

/// The index of the first occurrence of a text that is most likely there: its beginning is looked for, which the C
/// library does without preparing for a long pattern; where that misleads again and again, the whole is.
private func place(of content: Span<UInt8>, in text: Span<UInt8>, from start: Int) -> Int? {
  var start = start
  let beginning = content.extracting(first: 16)
  for _ in 0..<16 {
    guard let index = firstIndex(of: beginning, in: text, from: start) else { return nil }
    if occurs(content, in: text, at: index) { return index }
    start = index + 1
  }
  return firstIndex(of: content, in: text, from: start)
}

/// Whether a text stands at an index of another.
private func occurs(_ content: Span<UInt8>, in text: Span<UInt8>, at index: Int) -> Bool {
  guard index + content.count <= text.count else { return false }
  return haveSameBytes(content, text.extracting(index..<index + content.count))
}
