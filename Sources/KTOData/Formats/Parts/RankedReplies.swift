internal import KTOCore

/// A tree of messages in which people ranked the answers to one question; rank 0 is the best.
///
/// Where answers to one message have ranks, the one of rank 0 is better than the one of the last rank. What lies between
/// them, and answers that nobody ranked, are examples without a label.
struct RankedReplies {
  static let fields = ["message_id", "parent_id", "text", "role", "rank", "deleted", "replies"]

  struct Reply {
    var node: JSONNode
    var pointer: String
    /// Where its answers are in the list.
    var replies: [Int] = []
  }

  /// In an order in which the root is the first.
  var list: [Reply]

  /// Adds an example for each answer of the assistant.
  func convert(into output: inout ConvertedRecord) {
    guard let root = list.first, let first = turn(root, in: &output) else { return }
    var open: [(index: Int, prompt: [Turn])] = [(0, [first])]
    var repeatedTurnCount = 0
    while let (index, prompt) = open.popLast() {
      repeatedTurnCount += prompt.count * max(1, list[index].replies.count)
      guard repeatedTurnCount <= ConvertedRecord.repeatedTurnLimit else {
        return output.tooManyTurns(root.node, root.pointer)
      }
      let replies = list[index].replies.filter { list[$0].node["deleted"]?.bool != true }
      guard let sides = sides(of: replies, in: &output) else { return }
      for reply in replies {
        guard let turn = turn(list[reply], in: &output) else { return }
        if turn.message.role == "assistant" {
          var draft = Draft(prompt: prompt, completion: [turn])
          draft.idSuffix = "-\(reply)"
          (draft.offset, draft.pointer) = (list[reply].node.offset, list[reply].pointer)
          draft.evidence += rankEvidence(reply, among: replies, in: output)
          if let isBetter = sides[reply], let rank = list[reply].node["rank"] {
            draft.evidence.append(
              Evidence(
                signal: .pair(isBetter), name: "\"rank\" (\(rank.value.jsonText))", offset: rank.offset,
                pointer: list[reply].pointer + "/rank"))
          }
          output.drafts.append(draft)
        }
      }
      for reply in replies.reversed() where !list[reply].replies.isEmpty {
        guard let turn = turn(list[reply], in: &output) else { return }
        open.append((reply, prompt + [turn]))
      }
    }
    if output.drafts.isEmpty, !output.hasError {
      output.error(.roleOrder, root.node, root.pointer, "nothing answers the question")
    }
  }

  /// Which of the answers to one message is the better side of a pair, and which the worse.
  /// - Returns: nil where the ranks are wrong, after saying how.
  private func sides(of replies: [Int], in output: inout ConvertedRecord) -> [Int: Bool]? {
    var places: [Int: Int] = [:]
    for reply in replies {
      guard let node = list[reply].node["rank"], !node.isNull else { continue }
      let pointer = list[reply].pointer + "/rank"
      guard let rank = node.int ?? node.double.flatMap({ Int(exactly: $0) }), rank >= 0 else {
        output.error(
          .labelNotBool, node, pointer, "the rank \(excerpt(node.value.jsonText)) is no number from 0 on")
        return nil
      }
      guard places.updateValue(reply, forKey: rank) == nil else {
        output.error(
          .evidenceDisagrees, node, pointer, "two answers to one message have the rank \(rank)")
        return nil
      }
    }
    guard let best = places[0], let last = places.keys.max(), last > 0, let worst = places[last] else {
      return [:]
    }
    return [best: true, worst: false]
  }

  /// The rank itself and the fields that rules ask for, where there are rules.
  private func rankEvidence(_ reply: Int, among replies: [Int], in output: ConvertedRecord) -> [Evidence] {
    guard output.words.ruleFields != nil else { return [] }
    var found = output.ruleEvidence(of: list[reply].node, list[reply].pointer)
    func rank(_ index: Int) -> Int? {
      list[index].node["rank"].flatMap { $0.int ?? $0.double.flatMap { Int(exactly: $0) } }
    }
    if let own = rank(reply), let last = replies.compactMap(rank).max() {
      found.append(
        Evidence(
          signal: .rank(own, last: last), name: "\"rank\" (\(own) of \(last))",
          offset: list[reply].node["rank"]?.offset ?? 0, pointer: list[reply].pointer + "/rank"))
    }
    return found
  }

  private func turn(_ reply: Reply, in output: inout ConvertedRecord) -> Turn? {
    let (node, pointer) = (reply.node, reply.pointer)
    guard let roleNode = node["role"], let name = roleNode.string else {
      output.error(.wrongShape, node["role"] ?? node, pointer, "the message has no text \"role\"")
      return nil
    }
    guard let role = SpeakerRole(name), role == .user || role == .assistant || role == .system else {
      output.error(
        .unknownRole, roleNode, pointer + "/role", "unknown role \"\(excerpt(name))\"",
        hint: "the roles are prompter and assistant")
      return nil
    }
    guard let text = node["text"], let string = text.string else {
      output.error(.wrongShape, node["text"] ?? node, pointer, "the message has no \"text\"")
      return nil
    }
    return Turn(role: role.name, text: string, at: text, pointer + "/text")
  }
}
