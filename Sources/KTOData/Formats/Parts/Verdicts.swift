internal import KTOCore

extension ConvertedRecord {
  /// A label that must be a JSON bool. Strings, numbers and null are E01, never coerced: a string or a −1
  /// that counts as true has spoilt whole trainings.
  mutating func strictLabel(_ node: JSONNode?, _ pointer: String) -> Signal {
    guard let node else { return .none }
    if let label = node.bool { return .field(label) }
    let shown = node.isNull ? "null" : "the JSON \(node.typeName) \(excerpt(node.value.jsonText))"
    error(
      .labelNotBool, node, pointer, "the label is \(shown), not a bool",
      hint: "write true for desirable, false for undesirable")
    return .none
  }

  /// What a user's thumb says, in the words and numbers that feedback widgets write. Null and an empty string
  /// mean that nobody voted.
  mutating func feedback(_ node: JSONNode?, _ pointer: String) -> Signal {
    guard let node, !node.isNull else { return .none }
    if let flag = node.bool { return .field(flag) }
    if let number = node.double {
      if number == 1 { return .field(true) }
      if number == -1 { return .field(false) }
    }
    if let text = node.string {
      switch text.lowercased() {
      case "": return .none
      case "thumbs_up", "thumbsup", "up", "positive", "1", "+1": return .field(true)
      case "thumbs_down", "thumbsdown", "down", "negative", "-1": return .field(false)
      default: break
      }
    }
    error(
      .labelNotBool, node, pointer,
      "the feedback \(excerpt(node.value.jsonText)) is neither a thumb up nor down",
      hint: "known are thumbs_up, up, positive, 1, true and thumbs_down, down, negative, -1, false")
    return .none
  }
}
