package import KTOCore

/// W08: a completion that begins with the prompt.
///
/// Compared are the last turn of the user and the first message of the prompt, which is where the whole conversation is
/// echoed. White space and the marks around the text do not count. The comparison stops at the first difference.
package struct EchoCheck: Check {
  package static let codes = [
    Code(
      "W08", .warning, "the completion repeats the prompt",
      why: """
        Such an answer often comes from a generator that returns prompt and answer in one text. A model that trains on it \
        learns to say the question again.
        """,
      example: """
        {"prompt": "What does a hash table do when two keys fall into one slot?", "completion": "What does a hash table do \
        when two keys fall into one slot? It chains them.", "label": true}
        """,
      remedy: """
        Remove the prompt from the beginning of the completion. Where the answer is the prompt alone, leave the example out. \
        An answer that was asked to repeat a text is sound.
        """)
  ]

  /// Shorter prompts come back in good answers, as a title or as the words that are explained.
  private static let minimumLength = 40

  package init(_ context: CheckContext) {}

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    let prompt = row.example.prompt
    guard let text = row.example.completion.first?.content, text.utf8.count >= Self.minimumLength
    else { return }
    let answer = text.utf8.span
    let last = prompt.lastIndex { $0.role == "user" }
    var index = last ?? 0
    while index < prompt.count {
      defer { index = index == 0 ? prompt.count : 0 }
      guard let end = end(of: prompt[index].content.utf8.span, in: answer) else { continue }
      let what = index == last ? "the prompt's last turn" : "the prompt's first message"
      let isAll = skipMarks(in: answer, from: end) == answer.count
      return findings.find(
        Self.codes[0],
        isAll ? "the completion is \(what) once more" : "the completion begins with the whole of \(what)",
        hint: "remove the prompt from the completion, unless the answer was to repeat it")
    }
  }

  /// Where the answer goes on behind the text that it begins with; nil where it does not, or the text is short.
  private func end(of text: Span<UInt8>, in answer: Span<UInt8>) -> Int? {
    guard text.count >= Self.minimumLength else { return nil }
    var (place, answered) = (skipMarks(in: text, from: 0), skipMarks(in: answer, from: 0))
    var (compared, lastCompared) = (0, 0)
    while place < text.count {
      if isSpace(text[place]) {
        place = skipSpace(in: text, from: place)
        // White space at the end of the text needs none in the answer.
        if place == text.count { break }
        guard answered < answer.count, isSpace(answer[answered]) else { return nil }
        answered = skipSpace(in: answer, from: answered)
      } else {
        guard answered < answer.count, text[place] == answer[answered] else { return nil }
        lastCompared = place
        place += 1
        answered += 1
        compared += 1
      }
    }
    // White space is not counted, so six words of five letters are enough.
    guard compared >= Self.minimumLength * 3 / 4 else { return nil }
    // A sentence that the answer completes, or a title that it makes longer, is no echo.
    return Self.ends.contains(text[lastCompared]) || endsLine(answer, at: answered) ? answered : nil
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private func skipSpace(in text: Span<UInt8>, from start: Int) -> Int {
    var place = start
    while place < text.count, isSpace(text[place]) { place += 1 }
    return place
  }

  /// Skips white space and what texts are quoted or marked with: `>`, `#`, `*`, quotes.
  private func skipMarks(in text: Span<UInt8>, from start: Int) -> Int {
    var place = start
    while place < text.count, isSpace(text[place]) || Self.marks.contains(text[place]) { place += 1 }
    return place
  }

  /// Whether nothing more is on the line but marks that close a quotation.
  private func endsLine(_ text: Span<UInt8>, at start: Int) -> Bool {
    var place = start
    while place < text.count, text[place] == 0x20 || Self.marks.contains(text[place]) { place += 1 }
    return place == text.count || text[place] == 0x0A || text[place] == 0x0D
  }

  /// What ends a sentence.
  private static let ends = Array(".?!:".utf8)
  private static let marks = Array(">#*\"'".utf8)
}
