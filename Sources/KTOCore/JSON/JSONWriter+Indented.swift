extension JSONValue {
  /// The value over several lines, two spaces a level, for files that people read. Ends without a newline.
  package var indentedText: String {
    var text = ""
    write(to: &text, indent: "\n")
    return text
  }

  /// - Parameter indent: a newline and the spaces of the current level.
  private func write(to text: inout String, indent: String) {
    switch self {
    case .object(let object) where !object.members.isEmpty:
      let inner = indent + "  "
      for (index, member) in object.members.enumerated() {
        text += (index == 0 ? "{" : ",") + inner + JSONValue.string(member.key).jsonText + ": "
        member.node.value.write(to: &text, indent: inner)
      }
      text += indent + "}"
    case .array(let items) where items.contains(where: \.isContainer):
      let inner = indent + "  "
      for (index, item) in items.enumerated() {
        text += (index == 0 ? "[" : ",") + inner
        item.value.write(to: &text, indent: inner)
      }
      text += indent + "]"
    case .array(let items):
      text += "[" + items.map(\.value.jsonText).joined(separator: ", ") + "]"
    default: text += jsonText
    }
  }
}

extension JSONNode {
  fileprivate var isContainer: Bool {
    switch value {
    case .array, .object: true
    default: false
    }
  }
}
