internal import KTOCore

extension ConvertedRecord {
  /// Every answer of a conversation repeats the turns before it. All answers of a record together may repeat so many, since
  /// they are in memory at once.
  static let repeatedTurnLimit = 1 << 20

  mutating func tooManyTurns(_ node: JSONNode, _ pointer: String) {
    error(
      .wrongShape, node, pointer,
      "the answers of this record repeat more than \(Self.repeatedTurnLimit) turns before them",
      hint: "cut the conversation into shorter ones")
  }

  /// The examples of one conversation: an example for each answer that somebody judged, and the last answer where the
  /// record as a whole is judged, or where nothing is. All are one group.
  /// - Parameters:
  ///   - list: the value that holds the turns, and its place.
  ///   - verdict: what the record as a whole says, which is about the last answer.
  mutating func addConversation(
    _ turns: [Turn], of list: JSONNode, _ pointer: String, verdict: [Evidence]
  ) {
    let judged = turns.indices.filter { !turns[$0].evidence.isEmpty }
    guard judged.reduce(0, +) <= Self.repeatedTurnLimit else { return tooManyTurns(list, pointer) }
    for index in judged where index != turns.count - 1 {
      var draft = answer(turns, at: index)
      draft.idSuffix = "-\(index)"
      drafts.append(draft)
    }
    let isLastAnswer = turns.last?.message.role == "assistant"
    guard judged.isEmpty || !verdict.isEmpty || isLastAnswer && judged.last == turns.count - 1 else { return }
    guard let last = turns.last else {
      return error(.roleOrder, list, pointer, "the conversation has no turns")
    }
    guard isLastAnswer else {
      return error(
        .roleOrder, last, "the conversation ends with a turn of the \(last.message.role); nothing answers it",
        hint: "remove the last turn, or add the answer it is waiting for")
    }
    var draft = answer(turns, at: turns.count - 1)
    draft.evidence += verdict
    if judged.contains(where: { $0 != turns.count - 1 }) { draft.idSuffix = "-\(turns.count - 1)" }
    drafts.append(draft)
  }

  private func answer(_ turns: [Turn], at index: Int) -> Draft {
    var draft = Draft(prompt: Array(turns[..<index]), completion: [turns[index]])
    draft.evidence = turns[index].evidence
    draft.offset = turns[index].offset
    draft.pointer = turns[index].pointer
    return draft
  }
}
