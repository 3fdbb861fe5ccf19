internal import KTOCore

/// Brings the messages of a tree together, which follow one another in a file: one tree is in memory at a time.
///
/// A class because it keeps the tree from record to record; used by one thread.
final class OpenAssistantJoin: RecordJoin {
  /// The member of a joined record that holds the tree's messages.
  static let messagesField = "messages"
  /// A tree has at most so many bytes; published ones have a few hundred thousand.
  private static let maxTreeByteCount = 4 << 20

  private var tree: String?
  private var messages: [DecodedRecord] = []
  private var byteCount = 0
  /// Trees that are read, by the keys of their ids.
  private var ended: Set<UInt64> = []

  func take(_ record: DecodedRecord) -> [DecodedRecord] {
    guard record.finding == nil, let value = record.value else { return [record] }
    guard let id = value["message_tree_id"]?.string else {
      return [
        record.refused(
          "the message names no tree: it has no text \"message_tree_id\"",
          hint: "export whole trees, or messages with the ids of their trees")
      ]
    }
    var done: [DecodedRecord] = []
    if id != tree {
      done = end()
      tree = id
      guard ended.insert(contentKey(id.utf8)).inserted else {
        tree = nil
        return done + [
          record.refused(
            "the messages of the tree \"\(excerpt(id))\" do not follow one another",
            hint: "sort the file by message_tree_id")
        ]
      }
    }
    byteCount += record.text.count
    if byteCount <= Self.maxTreeByteCount || messages.isEmpty {
      messages.append(record)
    } else {
      // Only that it is there matters from here on.
      messages.append(DecodedRecord(value: nil, position: record.position, text: []))
    }
    return done
  }

  func finish() -> [DecodedRecord] { end() }

  /// The tree as one record, and a placeholder for each other message of it.
  private func end() -> [DecodedRecord] {
    defer {
      messages = []
      byteCount = 0
      tree = nil
    }
    guard let first = messages.first else { return [] }
    let others = messages.dropFirst().map { DecodedRecord(value: nil, position: $0.position, text: []) }
    if byteCount > Self.maxTreeByteCount {
      let limit = "the messages of one tree have more than \(Self.maxTreeByteCount) bytes"
      return [first.refused(limit, hint: nil)] + others
    }
    var text: [UInt8] = []
    var nodes: [JSONNode] = []
    var here = first.position
    for message in messages {
      guard let value = message.value else { continue }
      text += filler(from: here, to: message.position)
      nodes.append(value.moved(by: text.count))
      text += message.text
      here = message.position
      here.advance(over: message.text.span)
    }
    var members = [JSONObject.Member(Self.messagesField, JSONNode(.array(nodes)))]
    if let tree { members.append(JSONObject.Member("message_tree_id", JSONNode(.string(tree)))) }
    let joined = DecodedRecord(
      value: JSONNode(.object(JSONObject(members))), position: first.position, text: text)
    return [joined] + others
  }

  /// White space in place of what stood between two messages, so that bytes, lines and columns stay what they are. What is
  /// longer than any separator is shortened.
  private func filler(from here: TextPosition, to next: TextPosition) -> [UInt8] {
    let limit = 1 << 12
    let lines = min(limit, max(0, next.line - here.line))
    let indent = min(limit, max(0, lines > 0 ? next.column - 1 : next.column - here.column))
    let rest = min(limit, max(0, next.byteOffset - here.byteOffset - lines - indent))
    return Array(repeating: 0x20, count: lines > 0 ? rest : 0) + Array(repeating: 0x0A, count: lines)
      + Array(repeating: 0x20, count: indent)
  }
}

extension DecodedRecord {
  fileprivate func refused(_ message: String, hint: String?) -> DecodedRecord {
    var record = self
    record.finding = RecordFinding(code: .wrongShape, offset: 0, pointer: "", message: message, hint: hint)
    return record
  }
}

extension JSONNode {
  /// The value with its offset and those of its members moved.
  fileprivate func moved(by distance: Int) -> JSONNode {
    var node = self
    node.offset += distance
    if case .object(var object) = value {
      for index in object.members.indices { object.members[index].node.offset += distance }
      node.value = .object(object)
    }
    return node
  }
}
