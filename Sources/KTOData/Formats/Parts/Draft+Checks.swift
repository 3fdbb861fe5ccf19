internal import KTOCore

extension Draft {
  /// Adds what is wrong with the order of turns (E04) or with an empty answer (E02).
  mutating func check() {
    checkPrompt()
    checkCompletion()
  }

  private mutating func checkPrompt() {
    guard let last = prompt.last else {
      add(.roleOrder, completion.first, "nothing stands before the answer: the prompt is empty")
      return
    }
    if last.message.role != "user", last.message.role != "tool" {
      add(
        .roleOrder, last,
        "the prompt ends with a turn of the \(last.message.role); it must end with user or tool",
        hint: "merge neighbouring turns of one speaker, or remove the extra one")
    } else if prompt.allSatisfy(\.isBlank) {
      addAtContent(.emptySide, last, "the prompt is empty or blank")
    }
  }

  private mutating func checkCompletion() {
    guard let last = completion.last else {
      findings.append(
        RecordFinding(
          code: .emptySide, offset: offset, pointer: pointer, message: "the completion has no messages"))
      return
    }
    for (index, turn) in completion.enumerated() {
      let role = turn.message.role
      if role != "assistant", role != "tool" || index == 0 {
        add(.roleOrder, turn, "the completion holds a turn of the \(role); it must be the assistant's")
        return
      }
    }
    if last.message.role != "assistant" {
      add(.roleOrder, last, "the completion ends with a turn of the \(last.message.role)")
    } else if last.isBlank {
      addAtContent(.emptySide, last, "the completion is empty or blank", hint: "remove the record")
    }
  }

  private mutating func add(_ code: Code, _ turn: Turn?, _ message: String, hint: String? = nil) {
    findings.append(
      RecordFinding(
        code: code, offset: turn?.offset ?? offset, pointer: turn?.pointer ?? pointer, message: message,
        hint: hint))
  }

  private mutating func addAtContent(_ code: Code, _ turn: Turn, _ message: String, hint: String? = nil) {
    findings.append(
      RecordFinding(
        code: code, offset: turn.contentOffset, pointer: turn.contentPointer, message: message, hint: hint))
  }
}
