import KTOCore
import Testing

@testable import KTOData

/// A template that removes white space around each message and knows no tools.
private struct TrimmingTokenizer: ConversationTokenizer {
  var bosID: UInt32? { nil }
  var eosID: UInt32? { 0 }
  var tokenizerHash: String { "tokenizer" }
  var templateHash: String? { "template" }

  func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) throws -> String {
    guard case .array(let items) = messages else { return "" }
    var text = tools.map { $0.jsonText } ?? ""
    for item in items {
      let content = (item["content"]?.string ?? "").split(whereSeparator: \.isWhitespace)
        .joined(separator: " ").lowercased()
      let isAnswer = item["role"]?.string == "assistant"
      text += (isAnswer ? "a:" : "u:") + content + (isAnswer ? "\0" : "\n")
    }
    return addGenerationPrompt ? text + "a:" : text
  }

  func encode(rendered text: String) throws -> [UInt32] { text.utf8.map { UInt32($0) } }
  func bytes(of ids: [UInt32]) -> [UInt8] { ids.map { UInt8(truncatingIfNeeded: $0) } }
}

@Suite struct RepetitionTests {
  private let model = RowTokenizer(tokenizer: TrimmingTokenizer(), maxLength: 24)

  /// The findings on the last of some examples: question, answer, label.
  private func last(
    _ rows: [(String, String, Bool)], tokenizer: RowTokenizer? = nil
  ) -> [Diagnostic] {
    var set = CheckedSet(tokenizer: tokenizer)
    var found: [Diagnostic] = []
    for (number, row) in rows.enumerated() {
      found = set.check(conversation(number, row.2, answer: row.1, question: row.0)).filter {
        ["E07", "W10", "W17"].contains($0.code)
      }
    }
    return found
  }

  @Test func `a third side of a contradiction is one too, whatever its label`() {
    #expect(last([("q", "a", true), ("q", "a", false), ("q", "a", true)]).map(\.code) == ["E07"])
  }

  @Test func `white space alone between two labels is W17 without a model`() {
    let found = last([("q", "a", true), ("q ", "a\n", false)])
    #expect(found.map(\.code) == ["W17"])
    #expect(found[0].message.contains("differ in white space alone from raw.jsonl:1, which is desirable"))
  }

  @Test func `white space alone under one label is nothing without a model`() {
    #expect(last([("q", "a", true), ("q ", "a\n", true)]).isEmpty)
  }

  @Test func `another variant is held against the other label, and an equal one against its equal`() {
    #expect(last([("q", "a", true), ("q ", "a", false), ("q  ", "a", true)]).map(\.code) == ["W17"])
    #expect(last([("q", "a", true), ("q ", "a", false), ("q ", "a", true)]).map(\.code) == ["E07"])
    #expect(last([("q", "a", true), ("q ", "a", true), ("q ", "a", true)]).map(\.code) == ["W10"])
  }

  @Test func `with a model equal tokens are E07 and W10, and the message says why`() {
    for (label, code) in [(false, "E07"), (true, "W10")] {
      let found = last([("q", "a", true), (" q", "a\n", label)], tokenizer: model)
      #expect(found.map(\.code) == [code])
      #expect(found[0].message.contains("white space that the template removes"))
    }
  }

  @Test func `answers that differ behind the cut alone are E07, in either order`() {
    let long = String(repeating: "x", count: 40)
    for pair in [
      [long + "1", long + "2"], [String(long.prefix(18)), long], [long, String(long.prefix(18))],
    ] {
      let found = last([("q", pair[0], true), ("q", pair[1], false)], tokenizer: model)
      #expect(found.map(\.code) == ["E07"])
      #expect(found.first?.message.contains("only behind the cut at max_length") == true)
    }
  }

  @Test func `texts that the template writes alike are E07`() {
    let found = last([("q", "YES", true), ("q", "yes", false)], tokenizer: model)
    #expect(found.map(\.code) == ["E07"])
    #expect(found[0].message.contains("the template writes the two texts alike"))
  }

  @Test func `other tokens are another example, whatever the texts are`() {
    var set = CheckedSet(tokenizer: model)
    var first = conversation(1, true, answer: "a", question: "q")
    first.tools = .items([.integer(1)])
    var second = conversation(2, false, answer: "a", question: "q")
    second.tools = .items([.integer(2)])
    for row in [first, second] {
      #expect(!set.check(row).contains { ["E07", "W10", "W17"].contains($0.code) })
    }
  }

  @Test func `the border between prompt and completion counts`() {
    let one = TokenKeys(prompt: [1], completion: [2, 3], maxLength: 9)
    let two = TokenKeys(prompt: [1, 2], completion: [3], maxLength: 9)
    #expect(one.row != two.row)
    #expect(one.conversation == two.conversation)
    #expect(TokenKeys(prompt: [1], completion: [2, 3, 4], maxLength: 3).row == one.row)
  }
}
