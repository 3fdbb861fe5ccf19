internal import KTOCore

/// Messages that name the one they answer, as exports of chat programs have them: a question that was asked again and an
/// answer that was given again are branches.
struct MessageTree {
  typealias Message = (id: String, node: JSONNode, pointer: String)

  struct Entry {
    var id: String
    /// Nil at a root.
    var parent: String?
    var node: JSONNode
    var pointer: String
  }

  private(set) var entries: [Entry] = []
  private var places: [String: Int] = [:]

  /// - Returns: false where an entry has that id already.
  mutating func insert(_ entry: Entry) -> Bool {
    guard places.updateValue(entries.count, forKey: entry.id) == nil else { return false }
    entries.append(entry)
    return true
  }

  func index(of id: String) -> Int? { places[id] }
}

extension ConvertedRecord {
  /// The messages of an object whose keys are their ids.
  func messages(keyedIn node: JSONNode, _ pointer: String) -> [MessageTree.Message] {
    (node.object?.members ?? []).map { ($0.key, $0.node, pointer + jsonPointerToken($0.key)) }
  }

  /// A tree of messages.
  /// - Parameter parentKey: the member that names the message before.
  /// - Returns: nil where something is wrong, after saying what.
  mutating func tree(_ messages: [MessageTree.Message], parentKey: String) -> MessageTree? {
    var tree = MessageTree()
    for member in messages {
      guard member.node.object != nil else {
        error(
          .wrongShape, member.node, member.pointer,
          "a message must be a JSON object, not a JSON \(member.node.typeName)")
        return nil
      }
      var parent: String?
      if let value = member.node[parentKey], !value.isNull {
        guard let text = value.string else {
          error(
            .wrongShape, value, "\(member.pointer)/\(parentKey)", "\"\(parentKey)\" must be a text or null")
          return nil
        }
        parent = text
      }
      let entry = MessageTree.Entry(
        id: member.id, parent: parent, node: member.node, pointer: member.pointer)
      guard tree.insert(entry) else {
        error(
          .wrongShape, member.node, member.pointer, "two messages have the id \"\(excerpt(member.id))\"")
        return nil
      }
    }
    return tree
  }

  /// The entries from a root to one of them.
  /// - Returns: nil where the way does not lead to a root, after saying why.
  mutating func path(to index: Int, in tree: MessageTree) -> [Int]? {
    var path: [Int] = []
    var next = index
    while true {
      path.append(next)
      let entry = tree.entries[next]
      guard let parent = entry.parent else { return path.reversed() }
      guard let place = tree.index(of: parent) else {
        // The parent of LibreChat's roots is an id of zeros.
        if parent.allSatisfy({ $0 == "0" || $0 == "-" }) { return path.reversed() }
        error(
          .wrongShape, entry.node, entry.pointer, "the message before, \"\(excerpt(parent))\", is not there")
        return nil
      }
      guard path.count < tree.entries.count else {
        error(.wrongShape, entry.node, entry.pointer, "the messages lead round in a circle")
        return nil
      }
      next = place
    }
  }

  /// Examples of a tree: one for each judged answer, and one for the current answer where nothing is judged or where the
  /// record as a whole is. All are one group.
  /// - Parameters:
  ///   - judged: entries with what is said about them.
  ///   - current: the entry where the conversation ends as it was last seen.
  ///   - verdict: what the record as a whole says, which is about the current answer.
  ///   - turn: the message as a turn; nil where it is passed over, and where something is wrong, after saying what.
  mutating func addTree(
    _ tree: MessageTree, judged: [(index: Int, evidence: [Evidence])], current: Int?, verdict: [Evidence],
    turn: (MessageTree.Entry, inout ConvertedRecord) -> Turn?
  ) {
    var targets = judged
    if let current, judged.isEmpty || !verdict.isEmpty {
      if let place = targets.firstIndex(where: { $0.index == current }) {
        targets[place].evidence += verdict
      } else {
        targets.append((current, verdict))
      }
    }
    var turns: [Int: Turn?] = [:]
    var repeatedTurnCount = 0
    for target in targets {
      guard let path = path(to: target.index, in: tree) else { return }
      repeatedTurnCount += path.count
      guard repeatedTurnCount <= Self.repeatedTurnLimit else {
        return tooManyTurns(tree.entries[target.index].node, tree.entries[target.index].pointer)
      }
      var conversation: [Turn] = []
      for index in path {
        let known: Turn?
        if let made = turns[index] {
          known = made
        } else {
          known = turn(tree.entries[index], &self)
          turns[index] = .some(known)
        }
        if let known { conversation.append(known) }
      }
      guard !hasError else { return }
      let entry = tree.entries[target.index]
      guard let last = conversation.popLast() else {
        return error(.roleOrder, entry.node, entry.pointer, "the conversation has no turns")
      }
      guard last.message.role == "assistant" else {
        return error(
          .roleOrder, last,
          "the conversation ends with a turn of the \(last.message.role); nothing answers it",
          hint: "remove the last turn, or add the answer it is waiting for")
      }
      drafts.append(
        Draft(
          prompt: conversation, completion: [last], evidence: target.evidence,
          idSuffix: targets.count > 1 ? "-\(target.index)" : "", offset: last.offset, pointer: last.pointer))
    }
  }
}
