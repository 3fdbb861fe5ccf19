internal import KTOCore

/// ShareGPT: `conversations` of `from`/`value` turns, `kto_tag` or `label` as the thumb, `system` and `tools`
/// as LLaMA-Factory writes them.
struct ShareGPTConverter: RecordConverter {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let signal = output.strictLabel(
      record["kto_tag"] ?? record["label"], record["kto_tag"] == nil ? "/label" : "/kto_tag")
    guard let list = record["conversations"] else {
      output.error("E11", record, "", "the record has no \"conversations\"")
      return
    }
    guard var turns = output.turns(list, "/conversations") else { return }
    if let system = record["system"], let text = system.string, !text.isEmpty {
      turns.insert(
        Turn(
          message: Message(role: "system", content: text), offset: system.offset, pointer: "/system",
          contentOffset: system.offset, contentPointer: "/system"), at: 0)
    }
    guard var draft = Draft.conversation(turns, of: list, "/conversations", in: &output) else { return }
    draft.signal = signal
    draft.tools = output.tools(record["tools"], "/tools")
    output.drafts.append(draft)
  }
}

/// OpenAI chat: `messages`, with the thumb in `feedback`, `label` or `kto_tag`.
struct OpenAIConverter: RecordConverter {
  func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    let signal: Signal
    if let feedback = record["feedback"] {
      signal = output.feedback(feedback, "/feedback")
    } else if let tag = record["kto_tag"] {
      signal = output.strictLabel(tag, "/kto_tag")
    } else {
      signal = output.strictLabel(record["label"], "/label")
    }
    guard let list = record["messages"] else {
      output.error("E11", record, "", "the record has no \"messages\"")
      return
    }
    guard let turns = output.turns(list, "/messages"),
      var draft = Draft.conversation(turns, of: list, "/messages", in: &output)
    else { return }
    draft.signal = signal
    draft.tools = output.tools(record["tools"], "/tools")
    output.drafts.append(draft)
  }
}

extension ConvertedRecord {
  /// Tool definitions: a JSON array, or one written into a string.
  mutating func tools(_ node: JSONNode?, _ pointer: String) -> JSONValue? {
    guard let node, !node.isNull else { return nil }
    if let tools = node.array { return tools.isEmpty ? nil : node.value }
    if let text = node.string {
      if isBlankText(text) { return nil }
      var parser = JSONParser(maxDepth: 64)
      if let parsed = try? parser.parse(text.utf8), let tools = parsed.array {
        return tools.isEmpty ? nil : parsed.value
      }
    }
    error("E11", node, pointer, "tools must be a JSON array of tool definitions")
    return nil
  }
}
