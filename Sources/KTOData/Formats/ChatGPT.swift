package import KTOCore

/// A ChatGPT export, `conversations.json`: a tree of messages, of which the way to `current_node` is the conversation.
/// Answers that were given again are other branches, and say nothing about which is better.
package struct ChatGPT: RecordFormat {
  package static let name = "chatgpt"
  package static let summary = "a ChatGPT export's conversations.json: mapping and current_node; unlabelled"
  package static let sample = #"""
    {"current_node":"b","mapping":{"a":{"id":"a","message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["Hi"]}},"parent":null,"children":["b"]},"b":{"id":"b","message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":["Hello!"]}},"parent":"a","children":[]}},"feedback":"thumbs_up"}
    """#
  package static let fields =
    ["id", "conversation_id", "mapping", "current_node"] + CommonFields.names

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    guard let mapping = record["mapping"]?.object else { return 0 }
    let isTree = mapping.members.first?.node["parent"] != nil || mapping.members.first?.node["message"] != nil
    return isTree || record["current_node"] != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    // Both are one id in most files.
    let id = record["conversation_id"]?.string
    if output.id == nil || output.id != id { output.readID(of: record, "conversation_id") }
    let verdict = output.evidence(of: record, "")
    guard let mapping = record["mapping"], mapping.object != nil else {
      return output.error(
        .wrongShape, record["mapping"] ?? record, record["mapping"] == nil ? "" : "/mapping",
        "the record has no object \"mapping\"")
    }
    guard let tree = output.tree(output.messages(keyedIn: mapping, "/mapping"), parentKey: "parent") else {
      return
    }
    guard let current = record["current_node"], let last = current.string else {
      return output.error(
        .wrongShape, record["current_node"] ?? record, record["current_node"] == nil ? "" : "/current_node",
        "the conversation does not say where it ends: it has no text \"current_node\"")
    }
    guard let index = tree.index(of: last) else {
      return output.error(
        .wrongShape, current, "/current_node", "the message \"\(excerpt(last))\" is not in the mapping")
    }
    nameUnused(of: tree, index, in: &output)
    guard !output.hasError else { return }
    output.addTree(tree, judged: [], current: index, verdict: verdict) { entry, output in
      turn(entry, in: &output)
    }
  }

  private func nameUnused(of tree: MessageTree, _ index: Int, in output: inout ConvertedRecord) {
    guard let path = output.path(to: index, in: tree) else { return }
    let isUsed = Set(path)
    for (index, entry) in tree.entries.enumerated() {
      output.leaveOthers(of: entry.node, besides: ["id", "message", "parent", "children"], in: "mapping[]")
      guard let message = entry.node["message"] else { continue }
      if !isUsed.contains(index), !message.isNull { output.leave("mapping[] of other branches") }
      output.leaveOthers(
        of: message, besides: ["id", "author", "content", "weight", "recipient"], in: "mapping[].message")
    }
  }

  /// Contents that ChatGPT keeps for itself: what it thought, and what it was told about its user.
  private static let hiddenContents: Set<String> = [
    "thoughts", "reasoning_recap", "user_editable_context", "model_editable_context",
  ]

  private func turn(_ entry: MessageTree.Entry, in output: inout ConvertedRecord) -> Turn? {
    guard let message = entry.node["message"], !message.isNull else { return nil }
    let pointer = entry.pointer + "/message"
    guard let roleNode = message["author"]?["role"], let name = roleNode.string else {
      output.error(.wrongShape, message, pointer, "the message has no text \"role\" of its author")
      return nil
    }
    guard let role = SpeakerRole(name) else {
      output.error(
        .unknownRole, roleNode, pointer + "/author/role", "unknown role \"\(excerpt(name))\"")
      return nil
    }
    let isHidden = message["metadata"]?["is_visually_hidden_from_conversation"]?.bool == true
    if isHidden || message["weight"]?.double == 0 { return nil }
    guard let content = message["content"], content.object != nil else {
      output.error(.wrongShape, message, pointer, "the message has no object \"content\"")
      return nil
    }
    let kind = content["content_type"]?.string ?? "text"
    if Self.hiddenContents.contains(kind) {
      output.leave("mapping[].message.content of type \(kind)")
      return nil
    }
    let recipient = message["recipient"]?.string ?? "all"
    guard kind == "text" || kind == "multimodal_text", role != .tool, recipient == "all" else {
      let what =
        role == .tool || recipient != "all" ? "a call of a tool or its result" : "of type \(excerpt(kind))"
      output.error(
        .wrongShape, content, pointer + "/content", "the message is \(what); only text can be trained on",
        hint: "remove the conversation")
      return nil
    }
    guard let parts = content["parts"], parts.array != nil else {
      output.error(.wrongShape, content, pointer + "/content", "the content has no list \"parts\"")
      return nil
    }
    guard let text = output.contentText(parts, pointer + "/content/parts") else { return nil }
    // Those of the system are mostly empty, and so is what the assistant says before it thinks.
    if role != .user, isBlankText(text) { return nil }
    return Turn(role: role.name, text: text, at: parts, pointer + "/content/parts")
  }
}
