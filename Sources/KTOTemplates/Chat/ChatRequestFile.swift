package import KTOCore

/// Conversations in a JSON file: one, or one a line (JSONL).
///
/// A conversation is an array of messages; an object with `messages` and, where wanted, `tools` and `documents`; or an
/// example's `prompt` and `completion`, one after the other. An array of such objects or arrays holds several.
package struct ChatRequestFile: Sendable {
  private enum Content: Sendable {
    case one(JSONNode)
    case several([JSONNode])
    case lines
  }

  private let bytes: [UInt8]
  private let content: Content
  private let name: String

  /// Whether the file may hold several conversations.
  package var holdsSeveral: Bool { if case .one = content { false } else { true } }

  /// - Parameter name: what findings call the file.
  /// - Throws: `ChatRequestFinding` where it is neither JSON nor JSONL.
  package init(_ bytes: [UInt8], name: String) throws(ChatRequestFinding) {
    self.bytes = bytes
    self.name = name
    var parser = JSONParser()
    let firstEnd = bytes.firstIndex(of: 0x0A) ?? bytes.count
    let hasMore = bytes[firstEnd...].contains { !Self.isSpace($0) }
    if hasMore, (try? parser.parse(bytes[..<firstEnd])) != nil {
      content = .lines
      return
    }
    let root: JSONNode
    do throws(JSONSyntaxError) { root = try parser.parse(bytes) } catch {
      throw Self.finding("\(error)", bytes, error.offset, name)
    }
    let isSeveral = root.array?.first.map { $0.array != nil || $0["messages"] != nil || $0["prompt"] != nil }
    content = isSeveral == true ? .several(root.array ?? []) : .one(root)
  }

  /// Goes through the conversations, and the findings about those that are none, each with the offset in bytes at
  /// which it begins.
  package func forEach(
    _ body: (Result<ChatRequest, ChatRequestFinding>, Int) throws -> Void
  ) rethrows {
    switch content {
    case .one(let node): try give(node, body)
    case .several(let nodes): for node in nodes { try give(node, body) }
    case .lines:
      var parser = JSONParser()
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        defer { start = end + 1 }
        guard bytes[start..<end].contains(where: { !Self.isSpace($0) }) else { continue }
        let node: JSONNode
        do throws(JSONSyntaxError) { node = try parser.parse(bytes[start..<end]) } catch {
          try body(.failure(Self.finding("\(error)", bytes, start + error.offset, name)), start)
          continue
        }
        try give(JSONNode(node.value, offset: start), body)
      }
    }
  }

  private func give(
    _ node: JSONNode, _ body: (Result<ChatRequest, ChatRequestFinding>, Int) throws -> Void
  ) rethrows {
    let request: Result<ChatRequest, ChatRequestFinding>
    do throws(ChatError) { request = .success(try ChatRequest(json: node)) } catch {
      request = .failure(Self.finding("\(error)", bytes, node.offset, name))
    }
    try body(request, node.offset)
  }

  /// The line and column of an offset. O(offset).
  package func location(_ offset: Int) -> SourceLocation { Self.location(bytes, offset, name) }

  private static func finding(
    _ message: String, _ bytes: [UInt8], _ offset: Int, _ name: String
  ) -> ChatRequestFinding {
    ChatRequestFinding(
      diagnostic: Diagnostic(.conversationUnreadable, at: location(bytes, offset, name), message: message))
  }

  private static func location(_ bytes: [UInt8], _ offset: Int, _ name: String) -> SourceLocation {
    let before = bytes[..<min(offset, bytes.count)]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return SourceLocation(
      file: name, byteOffset: offset, line: before.count { $0 == 0x0A } + 1,
      column: before.count - lineStart + 1)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// What is wrong with a file of conversations, or with one of them.
package struct ChatRequestFinding: Error, Sendable {
  package var diagnostic: Diagnostic
}

extension ChatRequest {
  /// Reads a conversation: an array of messages, or an object with `messages`, or with `prompt` and `completion`.
  init(json: JSONNode) throws(ChatError) {
    if json.array != nil {
      self.init(messages: json.value)
      return
    }
    guard json.object != nil else {
      throw .malformed(pointer: "", expected: "an array of messages, or an object with \"messages\"")
    }
    if let messages = json["messages"] {
      self.init(messages: messages.value)
    } else if let prompt = json["prompt"]?.array {
      self.init(messages: .array(prompt + (json["completion"]?.array ?? [])))
    } else {
      throw .malformed(pointer: "", expected: "\"messages\", or \"prompt\" and \"completion\" of messages")
    }
    tools = json["tools"].flatMap { $0.isNull ? nil : $0.value }
    documents = json["documents"].flatMap { $0.isNull ? nil : $0.value }
  }
}
