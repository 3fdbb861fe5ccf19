package import KTOCore

/// OpenAssistant's messages, one a record: those of a tree follow one another and are read together.
package struct OpenAssistantMessages: RecordFormat {
  package static let name = "oasst-messages"
  package static let summary = "OpenAssistant's messages, one a record, the trees one after the other"
  package static let sample = #"""
    {"message_id":"t","parent_id":null,"text":"Hi","role":"prompter","message_tree_id":"t","rank":null}
    {"message_id":"a","parent_id":"t","text":"Hello!","role":"assistant","message_tree_id":"t","rank":0}
    {"message_id":"b","parent_id":"t","text":"What?","role":"assistant","message_tree_id":"t","rank":1}
    """#
  package static let fields =
    ["message_tree_id", OpenAssistantJoin.messagesField] + RankedReplies.fields.filter { $0 != "replies" }

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    let keys = ["message_id", "text", "role"]
    guard keys.allSatisfy({ record[$0] != nil }) else { return 0 }
    return record["message_tree_id"] != nil ? 3 : record["parent_id"] != nil ? 2 : 0
  }

  package static func makeJoin(scratchFolder: String) -> (any RecordJoin)? { OpenAssistantJoin() }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    output.readID(of: record, "message_tree_id")
    guard let list = record[OpenAssistantJoin.messagesField], let messages = list.array else {
      return output.error(.wrongShape, record, "", "the messages of a tree were not brought together")
    }
    var members: [MessageTree.Message] = []
    for message in messages {
      for member in message.object?.members ?? []
      where !member.node.isNull && !Self.fields.contains(member.key) {
        output.leave(member.key)
      }
      guard let id = message["message_id"]?.string else {
        return output.error(.wrongShape, message, "", "the message has no text \"message_id\"")
      }
      // Each is a record of its own, to which pointers lead.
      members.append((id, message, ""))
    }
    guard let tree = output.tree(members, parentKey: "parent_id") else { return }
    guard let replies = replies(of: tree, in: &output) else { return }
    replies.convert(into: &output)
  }

  /// The messages from the root on.
  private func replies(of tree: MessageTree, in output: inout ConvertedRecord) -> RankedReplies? {
    let roots = tree.entries.indices.filter { tree.entries[$0].parent == nil }
    guard let root = roots.first else {
      let first = tree.entries.first?.node ?? JSONNode(.null)
      output.error(.wrongShape, first, "/parent_id", "the tree has no root: every message has a parent")
      return nil
    }
    guard roots.count == 1 else {
      output.error(
        .wrongShape, tree.entries[roots[1]].node, "/parent_id", "a second message of the tree has no parent")
      return nil
    }
    var replies = RankedReplies(
      list: tree.entries.map { RankedReplies.Reply(node: $0.node, pointer: $0.pointer) })
    replies.list.swapAt(0, root)
    // Where each entry is in the list, the root being the first.
    func place(_ index: Int) -> Int { index == root ? 0 : index == 0 ? root : index }
    for (index, entry) in tree.entries.enumerated() {
      guard let parent = entry.parent else { continue }
      guard let above = tree.index(of: parent) else {
        output.error(
          .wrongShape, entry.node, "/parent_id", "the message before, \"\(excerpt(parent))\", is not there",
          hint: "a tree's messages must follow one another")
        return nil
      }
      replies.list[place(above)].replies.append(place(index))
    }
    var reached = 0
    var open = [0]
    while let next = open.popLast() {
      reached += 1
      open += replies.list[next].replies
    }
    guard reached == replies.list.count else {
      output.error(
        .wrongShape, tree.entries[root].node, "/parent_id",
        "the messages lead round in a circle: \(replies.list.count - reached) of the tree have no way to its root"
      )
      return nil
    }
    return replies
  }
}
