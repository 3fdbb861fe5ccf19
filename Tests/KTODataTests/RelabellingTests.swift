import KTOCore
import Testing

@testable import KTOData

/// Examples that are labelled a second time, from what the first time wrote.
struct RelabellingTests {
  private func rules(_ rules: [String]) throws -> LabelRuleFile {
    let yaml = "rules:\n" + rules.map { "  - {\($0)}\n" }.joined()
    return try LabelRuleFile(Array(yaml.utf8), path: "rules.yaml")
  }

  private func label(_ text: String, _ list: String..., mapping: String? = nil) throws -> IngestOutcome {
    let file = try rules(list)
    let map = try mapping.map { try RecordMapping(Array($0.utf8), path: "map.yaml") }
    return try ingest(text, name: "data.jsonl") {
      $0.labelRules = file
      $0.mapping = map
      $0.keepsMetadata = true
    }
  }

  private func lines(_ outcome: IngestOutcome) -> String {
    outcome.examples.enumerated().map { index, example in
      var example = example
      example.id = "e\(index)"
      return String(decoding: example.jsonLine(), as: UTF8.self)
    }.joined()
  }

  private static let conversation =
    #"{"messages":[{"role":"user","content":"q1"},{"role":"assistant","content":"a1","vote":"bad"},"#
    + #"{"role":"user","content":"q2"},{"role":"assistant","content":"a2"}],"vote":"good","lang":"de"}"#

  @Test func `a second pass over the answers of one conversation gives the labels of the first`() throws {
    let first = try label(Self.conversation, "kind: words, field: vote")
    #expect(first.examples.map(\.label) == [false, true])
    #expect(
      first.examples.map { $0.metadata?.jsonText } == [
        #"{"lang":"de","vote":"bad"}"#, #"{"lang":"de","vote":"good"}"#,
      ])
    let second = try label(lines(first), "kind: words, field: vote")
    #expect(second.examples.map(\.label) == [false, true])
    #expect(lines(second) == lines(first))
    let opposite = try label(lines(first), "kind: field, field: vote, desirable: bad, undesirable: good")
    #expect(opposite.examples.map(\.label) == [true, false])
  }

  @Test func `a mapped conversation, too`() throws {
    let text =
      #"{"d":[{"who":"user","text":"q1"},{"who":"assistant","text":"a1","vote":"bad"},"#
      + #"{"who":"user","text":"q2"},{"who":"assistant","text":"a2"}],"vote":"good"}"#
    let first = try label(
      text, "kind: words, field: vote", mapping: "{messages: d, role: who, content: text}")
    #expect(first.examples.map(\.label) == [false, true])
    #expect(try label(lines(first), "kind: words, field: vote").examples.map(\.label) == [false, true])
  }

  @Test func `the verdict of the only answer's message is kept`() throws {
    let text =
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","feedback":"good"}]}"#
    let first = try label(text, "kind: words")
    #expect(first.examples.first?.metadata?.jsonText == #"{"feedback":"good"}"#)
    #expect(try label(lines(first), "kind: words, undesirable: [good]").examples.map(\.label) == [false])
  }

  private static let pair = #"{"prompt":"q","chosen":"a","rejected":"b","vote":"bad","lang":"de"}"#

  @Test func `the record's own field is about neither side of a pair, and no side keeps it`() throws {
    let first = try label(Self.pair, "kind: words, field: vote", "kind: pair")
    #expect(first.examples.map(\.label) == [true, false])
    #expect(first.examples.map { $0.metadata?.jsonText } == [#"{"lang":"de"}"#, #"{"lang":"de"}"#])
    #expect(first.summary.ignoredFields == ["vote": 1])
  }

  @Test func `rules do not read what nothing told apart when a pair or a conversation was ingested`() throws {
    for text in [Self.pair, Self.conversation.replacing(#""vote":"bad""#, with: #""feedback":"down""#)] {
      let plain = try ingest(text, name: "data.jsonl") { $0.keepsMetadata = true }
      let again = try label(lines(plain), "kind: words, field: vote")
      #expect(again.codes == [])
      #expect(again.account.dropped == [.noRule: plain.examples.count])
    }
  }

  @Test func `an object that holds another answer's verdict stays, and is not read`() throws {
    let text = Self.conversation.replacing(#","vote":"good""#, with: #","meta":{"ok":true,"user":7}"#)
    let first = try label(
      text, "kind: field, field: /meta/ok, desirable: true", "kind: words, field: vote")
    #expect(first.examples.map(\.label) == [false, true])
    #expect(first.examples.allSatisfy { $0.metadata?.jsonText.contains(#""user":7"#) == true })
    let second = try label(lines(first), "kind: field, field: /meta/ok, desirable: true")
    #expect(second.account.dropped == [.noRule: 1])
    #expect(second.account.accepted.desirable == 1)
  }
}
