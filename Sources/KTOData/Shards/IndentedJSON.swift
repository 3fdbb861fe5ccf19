internal import KTOCore

extension JSONValue {
  /// JSON for people: two spaces a level, and anything that fits in a line of 100 bytes on one line.
  func indentedJSONText(level: Int = 0) -> String {
    let plain = spacedJSONText
    if plain.utf8.count + 2 * level <= 100 { return plain }
    let outer = String(repeating: "  ", count: level)
    let inner = outer + "  "
    switch self {
    case .array(let items):
      let lines = items.map { inner + $0.value.indentedJSONText(level: level + 1) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
    case .object(let object):
      let lines = object.members.map { member in
        let key = JSONValue.string(member.key).jsonText
        return "\(inner)\(key): \(member.node.value.indentedJSONText(level: level + 1))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + outer + "}"
    default: return plain
    }
  }
}
