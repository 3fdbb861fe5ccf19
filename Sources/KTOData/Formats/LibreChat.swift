package import KTOCore

/// A conversation exported from LibreChat: messages with `sender`, `text` and `feedback`, in a list or as a tree of
/// `children`. Each answer with a thumb is an example.
package struct LibreChat: RecordFormat {
  package static let name = "librechat"
  package static let summary = "a LibreChat export: messages with isCreatedByUser, text and feedback.rating"
  package static let sample = #"""
    {"conversationId":"c","messages":[{"messageId":"a","parentMessageId":"00000000-0000-0000-0000-000000000000","sender":"User","isCreatedByUser":true,"text":"Hi"},{"messageId":"b","parentMessageId":"a","sender":"Model","isCreatedByUser":false,"text":"Hello!","feedback":{"rating":"thumbsUp"}}]}
    """#
  package static let fields = ["id", "conversationId", "messages", "messagesTree"] + CommonFields.names
  private static let messageFields = [
    "messageId", "parentMessageId", "sender", "isCreatedByUser", "text", "content", "feedback", "error",
  ]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let lists = [record["messages"], record["messagesTree"]].compactMap { $0 }
    return lists.contains { isList($0, of: "isCreatedByUser") } ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    output.readID(of: record, "conversationId")
    let verdict = output.evidence(of: record, "")
    let name = record["messages"]?.array == nil && record["messagesTree"] != nil ? "messagesTree" : "messages"
    guard let list = record[name], list.array != nil else {
      return output.error(
        .wrongShape, record[name] ?? record, record[name] == nil ? "" : "/" + name,
        "the record has no list \"messages\"")
    }
    if name == "messages", record["messagesTree"]?.isNull == false { output.leave("messagesTree") }
    guard let messages = messages(in: list, "/" + name, &output),
      let tree = output.tree(messages, parentKey: "parentMessageId")
    else { return }
    guard !tree.entries.isEmpty else {
      return output.error(.roleOrder, list, "/" + name, "the conversation has no turns")
    }
    var judged: [(index: Int, evidence: [Evidence])] = []
    for (index, entry) in tree.entries.enumerated() {
      output.leaveOthers(of: entry.node, besides: Self.messageFields + ["children"], in: name + "[]")
      let evidence = evidence(of: entry, in: &output)
      if !evidence.isEmpty { judged.append((index, evidence)) }
    }
    guard !output.hasError else { return }
    output.addTree(tree, judged: judged, current: tree.entries.count - 1, verdict: verdict) {
      turn($0, in: &$1)
    }
  }

  /// The messages of a list, each before those of its `children`. As deep as the JSON is, which its parser limits.
  private func messages(
    in list: JSONNode, _ pointer: String, _ output: inout ConvertedRecord
  ) -> [MessageTree.Message]? {
    var messages: [MessageTree.Message] = []
    for (index, item) in (list.array ?? []).enumerated() {
      let place = "\(pointer)/\(index)"
      guard let id = item["messageId"]?.string else {
        output.error(.wrongShape, item, place, "the message has no text \"messageId\"")
        return nil
      }
      messages.append((id, item, place))
      guard let children = item["children"] else { continue }
      guard let answers = self.messages(in: children, place + "/children", &output) else { return nil }
      messages += answers
    }
    return messages
  }

  private func evidence(of entry: MessageTree.Entry, in output: inout ConvertedRecord) -> [Evidence] {
    let node = entry.node
    guard node["isCreatedByUser"]?.bool == false else {
      if node["feedback"]?.isNull == false { output.leave("messages[].feedback of the user") }
      return []
    }
    let configured = output.configuredEvidence(of: node, entry.pointer)
    guard let feedback = node["feedback"], !feedback.isNull else { return configured }
    let pointer = entry.pointer + "/feedback"
    guard feedback.object != nil else {
      return configured + output.thumb(feedback, "feedback", pointer)
    }
    output.leaveOthers(of: feedback, besides: ["rating"], in: "messages[].feedback")
    return configured + output.thumb(feedback["rating"], "feedback.rating", pointer + "/rating")
  }

  private func turn(_ entry: MessageTree.Entry, in output: inout ConvertedRecord) -> Turn? {
    let (node, pointer) = (entry.node, entry.pointer)
    guard let flag = node["isCreatedByUser"], let isUser = flag.bool else {
      output.error(
        .wrongShape, node["isCreatedByUser"] ?? node, pointer,
        "\"isCreatedByUser\" must be true or false: it says who speaks")
      return nil
    }
    if node["error"]?.bool == true {
      output.error(.wrongShape, node, pointer, "the message is the text of an error, not an answer")
      return nil
    }
    let role = isUser ? "user" : "assistant"
    if let text = node["text"], let string = text.string, !string.isEmpty || node["content"]?.array == nil {
      if node["content"]?.isNull == false { output.leave("messages[].content beside text") }
      return Turn(role: role, text: string, at: text, pointer + "/text")
    }
    guard let content = node["content"], content.array != nil else {
      output.error(.wrongShape, node, pointer, "the message has no \"text\" and no list \"content\"")
      return nil
    }
    // What a model thought is a part of its own, and no answer.
    var texts: [String] = []
    for (index, part) in (content.array ?? []).enumerated() where !part.isNull {
      let kind = part["type"]?.string
      if kind == "think" {
        output.leave("messages[].content of type think")
      } else if kind == "text", let text = part["text"]?.string ?? part["text"]?["value"]?.string {
        texts.append(text)
      } else {
        output.error(
          .wrongShape, part, "\(pointer)/content/\(index)",
          "a part of type \(excerpt(kind ?? "unknown")) is not text; only text can be trained on")
        return nil
      }
    }
    return Turn(role: role, text: texts.joined(separator: "\n"), at: content, pointer + "/content")
  }
}
