import KTOCore
import KTOData
import KTOTestSupport
import Testing

/// OpenAssistant's trees, nested and message by message.
struct OpenAssistantFormatTests {
  private func message(_ id: String, _ role: String, _ more: String = "", _ replies: [String] = []) -> String
  {
    "{\"message_id\":\"\(id)\",\"text\":\"\(id)\",\"role\":\"\(role)\"\(more),\"replies\":[\(replies.joined(separator: ","))]}"
  }
  private func tree(_ root: String) -> String { "{\"message_tree_id\":\"t\",\"prompt\":\(root)}" }
  private func answers(_ outcome: IngestOutcome) -> [String] {
    outcome.examples.map {
      "\($0.prompt.map(\.content).joined(separator: ">"))>\($0.completion[0].content) "
        + ($0.label.map { "\($0)" } ?? "-")
    }
  }

  @Test func `rank 0 is better than the last rank, at each level; what lies between has no label`() throws {
    let deeper = message(
      "u", "prompter", "",
      [message("d", "assistant", ",\"rank\":1"), message("c", "assistant", ",\"rank\":0")])
    let got = try ingest(
      tree(
        message(
          "t", "prompter", "",
          [
            message("a2", "assistant", ",\"rank\":2"), message("a0", "assistant", ",\"rank\":0", [deeper]),
            message("a1", "assistant", ",\"rank\":1"),
          ])))
    #expect(got.summary.format == "oasst-trees")
    #expect(
      Set(answers(got)) == ["t>a0 true", "t>a1 -", "t>a2 false", "t>a0>u>c true", "t>a0>u>d false"])
    #expect(got.account.dropped == [.unlabelled: 1])
    #expect(Set(got.examples.map(\.group)).count == 1)
    #expect(Set(got.examples.map(\.id)).count == 5)
    #expect(got.codes == [])
  }

  @Test(arguments: [
    (",\"rank\":0", ",\"rank\":null"), ("", ""), (",\"rank\":1", ",\"rank\":2"), (",\"rank\":0", ""),
  ])
  func `without a rank 0 and a later one nothing is labelled`(first: String, second: String) throws {
    let got = try ingest(
      tree(
        message("t", "prompter", "", [message("a", "assistant", first), message("b", "assistant", second)])))
    #expect(got.account.dropped == [.unlabelled: 2])
    #expect(got.codes == [])
  }

  @Test func `what was deleted is passed over, with all below it`() throws {
    let got = try ingest(
      tree(
        message(
          "t", "prompter", "",
          [
            message("a", "assistant", ",\"rank\":0"), message("b", "assistant", ",\"rank\":1"),
            message("c", "assistant", ",\"rank\":2,\"deleted\":true", [message("x", "prompter")]),
          ])))
    #expect(answers(got) == ["t>a true", "t>b false"])
  }

  @Test(arguments: [
    (",\"rank\":0", ",\"rank\":0", "E16", "/prompt/replies/1/rank"),
    (",\"rank\":\"0\"", "", "E01", "/prompt/replies/0/rank"),
    (",\"rank\":-1", "", "E01", "/prompt/replies/0/rank"),
    (",\"rank\":0.5", "", "E01", "/prompt/replies/0/rank"),
  ])
  func `ranks that are wrong have a place`(first: String, second: String, code: String, pointer: String)
    throws
  {
    let got = try ingest(
      tree(
        message("t", "prompter", "", [message("a", "assistant", first), message("b", "assistant", second)])))
    #expect(got.rejections.map(\.code) == [code])
    #expect(got.rejections.first?.pointer == pointer)
  }

  @Test(arguments: [
    (
      #"{"message_tree_id":"t","prompt":{"message_id":"t","text":"q","role":"prompter","replies":[]}}"#, "E04"
    ),
    (
      #"{"message_tree_id":"t","prompt":{"message_id":"t","text":null,"role":"prompter","replies":[]}}"#,
      "E11"
    ),
    (#"{"message_tree_id":"t","prompt":{"message_id":"t","text":"q","role":"prompter","replies":5}}"#, "E11"),
    (
      #"{"message_tree_id":"t","prompt":{"message_id":"t","text":"q","role":"prompter","replies":[5]}}"#,
      "E11"
    ),
    (
      #"{"message_tree_id":"t","prompt":{"message_id":"t","text":"q","role":"prompter","replies":[{"text":"r","role":"narrator"}]}}"#,
      "E12"
    ),
  ])
  func `trees that are wrong`(record: String, code: String) throws {
    #expect(try ingest(record).rejections.map(\.code) == [code])
  }

  @Test func `a tree as deep as JSON may be is read`() throws {
    var inner = ""
    for level in stride(from: 110, through: 0, by: -1) {
      inner = message(
        "m\(level)", level % 2 == 0 ? "prompter" : "assistant", "", inner.isEmpty ? [] : [inner])
    }
    let got = try ingest(tree(inner))
    #expect(got.codes == [])
    #expect(got.examples.count == 55)
  }

  // MARK: - Message by message

  private func row(_ id: String, _ parent: String?, _ role: String, _ more: String = "", tree: String = "t")
    -> String
  {
    let parent = parent.map { "\"\($0)\"" } ?? "null"
    return
      "{\"message_id\":\"\(id)\",\"parent_id\":\(parent),\"text\":\"\(id)\",\"role\":\"\(role)\",\"message_tree_id\":\"\(tree)\"\(more)}"
  }

  @Test func `messages of a tree are read together, in any order within it`() throws {
    let rows = [
      row("b", "t", "assistant", ",\"rank\":1"), row("t", nil, "prompter", ",\"lang\":\"en\""),
      row("a", "t", "assistant", ",\"rank\":0"), row("u", "a", "prompter"), row("c", "u", "assistant"),
      row("t2", nil, "prompter", tree: "s"), row("d", "t2", "assistant", tree: "s"),
    ]
    let got = try ingest(rows.joined(separator: "\n"))
    #expect(got.summary.format == "oasst-messages")
    #expect(Set(answers(got)) == ["t>a true", "t>b false", "t>a>u>c -", "t2>d -"])
    #expect(got.summary.records == 7)
    #expect(got.summary.ignoredFields == ["lang": 1])
    #expect(got.codes == [])
    let list = try ingest("[\n  " + rows.joined(separator: ",\n  ") + "\n]")
    #expect(answers(list) == answers(got))
  }

  @Test(arguments: ["\n", "\r\n", "\n\n", "\n    "])
  func `findings are at the message's own line and column`(separator: String) throws {
    let rows = [
      row("t", nil, "prompter"), row("a", "t", "assistant", ",\"rank\":0"),
      row("b", "t", "assistant", ",\"rank\":⟦E01: no number⟧\"x\""),
    ]
    let text = try MarkedText(rows.joined(separator: separator))
    let got = try ingest(text.bytes)
    #expect(text.differences(from: got.rejections) == [])
    let offset = text.text.utf8.count - "\"x\"}".utf8.count
    #expect(got.rejections.map(\.location?.byteOffset) == [offset])
  }

  @Test func `a tree whose messages lie apart is refused where it comes again`() throws {
    let got = try ingest(
      [
        row("t", nil, "prompter"), row("a", "t", "assistant"), row("s", nil, "prompter", tree: "s"),
        row("c", "s", "assistant", tree: "s"), row("b", "t", "assistant"),
      ].joined(separator: "\n"))
    #expect(answers(got) == ["t>a -", "s>c -"])
    #expect(got.rejections.map(\.location?.line) == [5])
  }

  private static let broken: [[(String, String?)]] = [
    [("a", "b"), ("b", "a")], [("t", nil), ("a", "b"), ("b", "a")], [("t", nil), ("a", "gone")],
    [("t", nil), ("s", nil)], [("a", "a")], [("t", nil), ("a", "t"), ("a", "t")],
  ]

  @Test(arguments: broken)
  func `circles, missing and doubled messages are errors`(messages: [(String, String?)]) throws {
    let got = try ingest(
      messages.map { row($0.0, $0.1, $0.0 == "t" ? "prompter" : "assistant") }.joined(separator: "\n"),
      as: "oasst-messages")
    #expect(got.rejections.map(\.code) == ["E11"])
    #expect(got.examples.isEmpty)
  }

  @Test func `a chain that is too deep is an error`() throws {
    var rows = [row("0", nil, "prompter")]
    for number in 1...3000 {
      rows.append(row("\(number)", "\(number - 1)", number % 2 == 0 ? "prompter" : "assistant"))
    }
    #expect(try ingest(rows.joined(separator: "\n")).codes == ["E11"])
  }

  @Test func `a line that is no JSON, and a message without a tree, are named where they are`() throws {
    let got = try ingest(
      [
        row("t", nil, "prompter"), "{\"message_id\":", row("a", "t", "assistant"),
        #"{"message_id":"z","text":"z","role":"assistant"}"#,
      ].joined(separator: "\n"))
    #expect(got.rejections.map(\.location?.line) == [2, 4])
    #expect(answers(got) == ["t>a -"])
  }
}
