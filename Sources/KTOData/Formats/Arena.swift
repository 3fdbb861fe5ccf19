package import KTOCore

/// Chatbot Arena: two models answer the same user, and the user says which is better.
package struct Arena: RecordFormat {
  package static let name = "arena"
  package static let summary =
    "Chatbot Arena battles: conversation_a and conversation_b with winner, or prompt, response_a and response_b"
  package static let sample = #"""
    {"winner":"model_a","conversation_a":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}],"conversation_b":[{"role":"user","content":"Hi"},{"role":"assistant","content":"What?"}]}
    """#
  package static let fields =
    ["id", "question_id", "winner", "prompt"] + flags + conversations + responses + CommonFields.systemNames
  private static let flags = ["winner_model_a", "winner_model_b", "winner_tie"]
  private static let conversations = ["conversation_a", "conversation_b"]
  private static let responses = ["response_a", "response_b"]

  package init() {}

  package static func evidence(in record: JSONObject) -> Int {
    if conversations.allSatisfy({ record[$0] != nil }) { return 3 }
    return responses.allSatisfy { record[$0] != nil } && record["prompt"] != nil ? 3 : 0
  }

  package func convert(_ record: JSONNode, into output: inout ConvertedRecord) {
    output.readID(of: record, "question_id")
    guard let vote = vote(of: record, in: &output) else { return }
    let hasConversations = Self.conversations.allSatisfy { record[$0] != nil }
    let names = hasConversations ? Self.conversations : Self.responses
    if hasConversations {
      for name in ["prompt"] + Self.responses where record[name]?.isNull == false { output.leave(name) }
    }
    let (better, worse) = vote == .second ? (names[1], names[0]) : (names[0], names[1])
    guard var pair = Pair(record, better: better, worse: worse, scores: [], in: &output) else { return }
    pair.outcome = vote.outcome
    let sides =
      hasConversations
      ? (output.turns(pair.nodes.chosen, "/" + better), output.turns(pair.nodes.rejected, "/" + worse))
      : rounds(of: record, pair, in: &output)
    guard let first = sides.0, let second = sides.1 else { return }
    for (turns, node, name) in [(first, pair.nodes.chosen, better), (second, pair.nodes.rejected, worse)]
    where turns.last?.message.role != "assistant" {
      return output.error(.roleOrder, node, "/" + name, "the conversation does not end with an answer")
    }
    guard questions(first) == questions(second) else {
      return output.error(
        .roleOrder, pair.nodes.rejected, "/" + worse, "the two conversations do not have the same questions")
    }
    pair.emit(
      Pair.Side(prompt: first.dropLast(), completion: first.suffix(1)),
      Pair.Side(prompt: second.dropLast(), completion: second.suffix(1)), in: &output)
  }

  private func questions(_ turns: [Turn]) -> [Message] {
    turns.map(\.message).filter { $0.role != "assistant" && $0.role != "tool" }
  }
}

/// What the user of a battle said.
private enum Vote: Equatable {
  case first, second, tie, unknown
  case both(Bool)

  var outcome: Pair.Outcome {
    switch self {
    case .first, .second: .decided
    case .tie: .tie
    case .both(let isDesirable): .both(isDesirable)
    case .unknown: .unknown
    }
  }
}

extension Arena {
  private static let ties: Set<String> = ["tie", "tie (bothbad)", "both_bad", "bothbad"]

  private func vote(of record: JSONNode, in output: inout ConvertedRecord) -> Vote? {
    guard let node = record["winner"], !node.isNull, node.string?.isEmpty != true else {
      return flaggedVote(of: record, in: &output)
    }
    for flag in Self.flags where record[flag]?.isNull == false { output.leave(flag) }
    let word = node.string ?? ""
    // A tie is two bad or two good answers only where the configuration lists its word.
    if let isDesirable = output.words.configured(word) { return .both(isDesirable) }
    switch word {
    case "model_a": return .first
    case "model_b": return .second
    case _ where Self.ties.contains(word): return .tie
    default:
      output.error(
        .labelNotBool, node, "/winner", "the winner \(excerpt(node.value.jsonText)) is not known",
        hint: "known are model_a, model_b, tie, tie (bothbad) and both_bad")
      return nil
    }
  }

  /// The vote as three columns of 0 and 1, of which one is 1. A table has them as text.
  private func flaggedVote(of record: JSONNode, in output: inout ConvertedRecord) -> Vote? {
    let given = Self.flags.filter { record[$0]?.isNull == false }
    if given.isEmpty { return .unknown }
    var set: [String] = []
    for flag in given {
      guard let node = record[flag] else { continue }
      let number = node.double ?? node.bool.map { $0 ? 1 : 0 } ?? node.string.flatMap { Double($0) }
      guard number == 0 || number == 1 else {
        output.error(
          .labelNotBool, node, "/" + flag, "\"\(flag)\" is \(excerpt(node.value.jsonText)), neither 0 nor 1")
        return nil
      }
      if number == 1 { set.append(flag) }
    }
    guard set.count == 1 else {
      output.error(
        .evidenceDisagrees, record[given[0]] ?? record, "/" + given[0],
        "one of \(Self.flags.joined(separator: ", ")) must be 1, and here are \(set.count)")
      return nil
    }
    switch set[0] {
    case Self.flags[0]: return .first
    case Self.flags[1]: return .second
    default: return .tie
    }
  }

  // MARK: - Questions and answers in columns

  /// Conversations from `prompt` and the columns of answers: one text each, or a list of texts each, which a table has as
  /// JSON in a text.
  private func rounds(
    of record: JSONNode, _ pair: Pair, in output: inout ConvertedRecord
  ) -> ([Turn]?, [Turn]?) {
    guard let prompt = record["prompt"] else {
      output.error(.wrongShape, record, "", "the record has no \"prompt\"")
      return (nil, nil)
    }
    let questions = texts(in: prompt)
    func side(_ node: JSONNode, _ name: String) -> [Turn]? {
      guard let questions else {
        guard let question = prompt.string, let answer = node.string else {
          let isPrompt = prompt.string == nil
          output.error(
            .wrongShape, isPrompt ? prompt : node, isPrompt ? "/prompt" : "/" + name,
            "text or a list of texts is expected here")
          return nil
        }
        return [
          Turn(role: "user", text: question, at: prompt, "/prompt"),
          Turn(role: "assistant", text: answer, at: node, "/" + name),
        ]
      }
      guard let answers = texts(in: node), answers.count == questions.count, !answers.isEmpty else {
        output.error(
          .wrongShape, node, "/" + name,
          "the prompt is a list of \(counted(questions.count, "text")), and this is not")
        return nil
      }
      var turns: [Turn] = []
      for (question, answer) in zip(questions, answers) {
        guard let question, let answer else {
          output.error(
            .wrongShape, question == nil ? prompt : node, question == nil ? "/prompt" : "/" + name,
            "a text of the list is null")
          return nil
        }
        turns.append(Turn(role: "user", text: question, at: prompt, "/prompt"))
        turns.append(Turn(role: "assistant", text: answer, at: node, "/" + name))
      }
      return turns
    }
    let first = side(pair.nodes.chosen, pair.names.chosen)
    return (first, first == nil ? nil : side(pair.nodes.rejected, pair.names.rejected))
  }

  /// The texts of a list, or of one that is written into a text; nil where it is no such list.
  private func texts(in node: JSONNode) -> [String?]? {
    var items = node.array
    if let text = node.string, text.hasPrefix("[") {
      var parser = JSONParser(maxDepth: 8)
      items = (try? parser.parse(text.utf8))?.array
    }
    guard let items, items.allSatisfy({ $0.isNull || $0.string != nil }) else { return nil }
    return items.map(\.string)
  }
}
