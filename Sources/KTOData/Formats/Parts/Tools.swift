internal import KTOCore

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
    error(.wrongShape, node, pointer, "tools must be a JSON array of tool definitions")
    return nil
  }
}

/// Whether a value is a list whose first item has a key.
func isList(_ node: JSONNode, of key: String) -> Bool { node.array?.first?[key] != nil }
