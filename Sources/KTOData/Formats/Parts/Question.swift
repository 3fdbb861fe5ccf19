internal import KTOCore

/// The columns in which a record's question may stand, apart from its answers.
enum QuestionColumns {
  /// In the order in which they are asked; `instruction` takes `input` with it, and text takes `history`.
  static let names = ["prompt", "instruction", "question", "query", "input"]
  static let all = names + ["history"]
}

extension ConvertedRecord {
  /// The turns of a record's question: messages or text in one of the columns. Other columns that could be the question
  /// are named as not used.
  /// - Returns: nil where there is none, and where it cannot be read, after saying so.
  mutating func question(of record: JSONNode) -> [Turn]? {
    func isGiven(_ name: String) -> Bool {
      guard let node = record[name], !node.isNull else { return false }
      return node.string.map { !$0.isEmpty } ?? true
    }
    // Where nothing is given, a prompt that is there is the question all the same: that it is empty is an error.
    let given = QuestionColumns.names.first(where: isGiven) ?? (record["prompt"] != nil ? "prompt" : nil)
    guard let name = given, let node = record[name] else { return nil }
    let isInstruction = name == "instruction"
    let takesHistory = isInstruction || node.string != nil && record["history"]?.array != nil
    for other in QuestionColumns.all where other != name && isGiven(other) {
      if other == "input" && isInstruction || other == "history" && takesHistory { continue }
      leave(other)
    }
    guard var turns = turnsOrText(node, "/" + name, role: "user") else { return nil }
    if isInstruction, let input = record["input"], isGiven("input") {
      guard let text = input.string, turns.count == 1 else {
        error(.wrongShape, input, "/input", "the input beside an instruction must be text")
        return nil
      }
      turns[0].message.content += "\n" + text
    }
    guard takesHistory else { return turns }
    guard let earlier = history(record["history"]) else { return nil }
    return earlier + turns
  }

  /// Earlier rounds as pairs of question and answer.
  private mutating func history(_ node: JSONNode?) -> [Turn]? {
    guard let node, !node.isNull else { return [] }
    guard let rounds = node.array else {
      error(.wrongShape, node, "/history", "a history must be a list of pairs, not a JSON \(node.typeName)")
      return nil
    }
    var turns: [Turn] = []
    for (index, round) in rounds.enumerated() {
      let pointer = "/history/\(index)"
      guard let sides = round.array, sides.count == 2, let question = sides[0].string,
        let answer = sides[1].string
      else {
        error(.wrongShape, round, pointer, "a round of the history must be two texts: question and answer")
        return nil
      }
      turns.append(Turn(role: "user", text: question, at: sides[0], pointer + "/0"))
      turns.append(Turn(role: "assistant", text: answer, at: sides[1], pointer + "/1"))
    }
    return turns
  }
}
