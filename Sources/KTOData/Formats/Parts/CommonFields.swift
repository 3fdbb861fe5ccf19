internal import KTOCore

/// The fields that mean the same in every format that names them.
enum CommonFields {
  /// The names that files give to a column with the system message.
  static let systemNames = ["system", "system_prompt", "system_message"]
  static let names = VerdictFields.names + systemNames + ["tools"]
}

extension ConvertedRecord {
  /// Puts a record's system column before its prompts, and its `tools` to its examples, in formats that read them.
  mutating func addCommonFields(of record: JSONNode, _ fields: Set<String>) {
    if fields.contains("tools"), let tools = tools(record["tools"], "/tools") {
      for index in drafts.indices where drafts[index].tools == nil { drafts[index].tools = tools }
    }
    for name in CommonFields.systemNames where fields.contains(name) { addSystem(record[name], name) }
  }

  private mutating func addSystem(_ node: JSONNode?, _ name: String) {
    guard let node, !node.isNull else { return }
    guard let text = node.string else {
      return error(
        .wrongShape, node, "/" + name, "a system message must be text, not a JSON \(node.typeName)")
    }
    guard !isBlankText(text) else { return }
    for index in drafts.indices {
      let first = drafts[index].prompt.first
      guard let first, first.message.role == "system" || first.message.role == "developer" else {
        drafts[index].prompt.insert(Turn(role: "system", text: text, at: node, "/" + name), at: 0)
        continue
      }
      if first.message.content.trimmingSpaces != text.trimmingSpaces {
        return error(
          .evidenceDisagrees, node, "/" + name,
          "the column \"\(name)\" says something else than the system message at \(first.pointer)",
          hint: "keep one of the two")
      }
    }
  }
}

extension String {
  /// The text without white space around it.
  fileprivate var trimmingSpaces: Substring {
    let start = self.drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
    return start[...end]
  }
}
