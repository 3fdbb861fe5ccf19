package import KTOCore

/// What Open WebUI exports: feedback, each with the chat as it was, or chats whose answers carry their thumbs. Messages
/// are trees.
package struct OpenWebUI: RecordFormat {
  package static let name = "open-webui"
  package static let summary =
    "Open WebUI's exports: feedback with data.rating and snapshot, or chats with rated answers"
  package static let sample = #"""
    {"id":"f","data":{"rating":1},"meta":{"message_id":"b"},"snapshot":{"chat":{"chat":{"history":{"currentId":"b","messages":{"a":{"id":"a","parentId":null,"role":"user","content":"Hi"},"b":{"id":"b","parentId":"a","role":"assistant","content":"Hello!"}}}}}}}
    """#
  package static let fields = ["id", "data", "meta", "snapshot", "chat"] + CommonFields.names
  private static let messageFields = [
    "id", "parentId", "childrenIds", "role", "content", "annotation", "error",
  ]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    if record["data"]?["rating"] != nil, record["meta"]?.object != nil { return 3 }
    if record["snapshot"]?["chat"] != nil { return 3 }
    return record["chat"]?["history"]?["messages"]?.object != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    if record["chat"]?.object != nil, record["snapshot"] == nil {
      convertChat(record, in: &output)
    } else {
      convertFeedback(record, in: &output)
    }
  }

  // MARK: - Chats

  private func convertChat(_ record: JSONNode, in output: inout ConvertedRecord) {
    let verdict = output.evidence(of: record, "")
    for name in ["data", "meta"] where record[name]?.isNull == false { output.leave(name) }
    guard let chat = record["chat"] else { return }
    output.leaveOthers(of: chat, besides: ["history"], in: "chat")
    guard let history = history(of: chat, "/chat", in: &output) else { return }
    var judged: [(index: Int, evidence: [Evidence])] = []
    for (index, entry) in history.tree.entries.enumerated() {
      let evidence = evidence(of: entry, in: &output)
      if !evidence.isEmpty { judged.append((index, evidence)) }
    }
    guard !output.hasError else { return }
    var current: Int?
    if judged.isEmpty || !verdict.isEmpty {
      current = currentEntry(of: history, in: &output)
      if current == nil { return }
    }
    output.addTree(history.tree, judged: judged, current: current, verdict: verdict) {
      turn($0, in: &$1)
    }
  }

  private func currentEntry(of history: History, in output: inout ConvertedRecord) -> Int? {
    let pointer = history.pointer + "/currentId"
    guard let node = history.node["currentId"], let id = node.string else {
      output.error(
        .wrongShape, history.node["currentId"] ?? history.node,
        history.node["currentId"] == nil ? history.pointer : pointer,
        "the chat does not say where it ends: it has no text \"currentId\"")
      return nil
    }
    guard let index = history.tree.index(of: id) else {
      output.error(.wrongShape, node, pointer, "the message \"\(excerpt(id))\" is not in the chat")
      return nil
    }
    return index
  }

  // MARK: - Feedback

  private func convertFeedback(_ record: JSONNode, in output: inout ConvertedRecord) {
    var verdict = output.evidence(of: record, "")
    if record["chat"]?.isNull == false { output.leave("chat") }
    guard let data = record["data"], data.object != nil else {
      return output.error(
        .wrongShape, record["data"] ?? record, record["data"] == nil ? "" : "/data",
        "the feedback has no object \"data\"")
    }
    output.leaveOthers(of: data, besides: ["rating"], in: "data")
    verdict += output.thumb(data["rating"], "data.rating", "/data/rating")
    guard let id = record["meta"]?["message_id"], let message = id.string else {
      return output.error(
        .wrongShape, record["meta"] ?? record, record["meta"] == nil ? "" : "/meta",
        "the feedback does not say which message it is about: \"meta\" has no text \"message_id\"")
    }
    if let meta = record["meta"] { output.leaveOthers(of: meta, besides: ["message_id"], in: "meta") }
    guard let outer = record["snapshot"]?["chat"], outer.object != nil else {
      return output.error(
        .wrongShape, record, "", "the feedback has no \"snapshot\" of its chat",
        hint: "export the feedback with its snapshots, from the administrator's evaluations")
    }
    let isNested = outer["chat"]?.object != nil
    let chat = outer["chat"].flatMap { $0.object == nil ? nil : $0 } ?? outer
    if isNested { output.leaveOthers(of: outer, besides: ["chat"], in: "snapshot.chat") }
    output.leaveOthers(of: chat, besides: ["history"], in: isNested ? "snapshot.chat.chat" : "snapshot.chat")
    guard
      let history = history(of: chat, isNested ? "/snapshot/chat/chat" : "/snapshot/chat", in: &output)
    else { return }
    guard let index = history.tree.index(of: message) else {
      return output.error(
        .wrongShape, id, "/meta/message_id", "the message \"\(excerpt(message))\" is not in the snapshot")
    }
    // The thumb is in the chat, too, and must not say something else.
    verdict += evidence(of: history.tree.entries[index], in: &output)
    guard !output.hasError else { return }
    output.addTree(history.tree, judged: [(index, verdict)], current: nil, verdict: []) {
      turn($0, in: &$1)
    }
  }

  // MARK: - Messages

  private struct History {
    var node: JSONNode
    var pointer: String
    var tree: MessageTree
  }

  private func history(
    of chat: JSONNode, _ pointer: String, in output: inout ConvertedRecord
  ) -> History? {
    guard let node = chat["history"], let messages = node["messages"], messages.object != nil else {
      output.error(
        .wrongShape, chat["history"] ?? chat, pointer, "the chat has no object \"messages\" in \"history\"")
      return nil
    }
    output.leaveOthers(of: node, besides: ["messages", "currentId"], in: "history")
    let place = pointer + "/history"
    let list = output.messages(keyedIn: messages, place + "/messages")
    guard let tree = output.tree(list, parentKey: "parentId") else { return nil }
    for entry in tree.entries {
      output.leaveOthers(of: entry.node, besides: Self.messageFields, in: "messages[]")
    }
    return History(node: node, pointer: place, tree: tree)
  }

  private func evidence(of entry: MessageTree.Entry, in output: inout ConvertedRecord) -> [Evidence] {
    let annotation = entry.node["annotation"]
    guard entry.node["role"]?.string == "assistant" else {
      if annotation?.isNull == false { output.leave("messages[].annotation of the user") }
      return []
    }
    let configured = output.configuredEvidence(of: entry.node, entry.pointer)
    guard let annotation, !annotation.isNull else { return configured }
    output.leaveOthers(of: annotation, besides: ["rating", "type"], in: "messages[].annotation")
    return configured
      + output.thumb(annotation["rating"], "annotation.rating", entry.pointer + "/annotation/rating")
  }

  private func turn(_ entry: MessageTree.Entry, in output: inout ConvertedRecord) -> Turn? {
    let (node, pointer) = (entry.node, entry.pointer)
    guard let roleNode = node["role"], let name = roleNode.string else {
      output.error(.wrongShape, node["role"] ?? node, pointer, "the message has no text \"role\"")
      return nil
    }
    guard let role = SpeakerRole(name), role != .call else {
      output.error(.unknownRole, roleNode, pointer + "/role", "unknown role \"\(excerpt(name))\"")
      return nil
    }
    // Earlier versions wrote the error's text into the content.
    if let error = node["error"], !error.isNull, error.bool != false {
      output.error(.wrongShape, node, pointer, "the message is an error of the program, not an answer")
      return nil
    }
    guard let content = node["content"] else {
      output.error(.wrongShape, node, pointer, "the message has no \"content\"")
      return nil
    }
    guard let text = output.contentText(content, pointer + "/content") else { return nil }
    return Turn(role: role.name, text: text, at: content, pointer + "/content")
  }
}
