import KTOCore
import KTOData
import Testing

/// Pairs as ms-swift, OpenAI and HALOs write them.
struct PairFormatTests {
  private func answers(_ outcome: IngestOutcome) -> [String] {
    outcome.examples.map { "\($0.completion.map(\.content).joined(separator: "|")) \($0.label ?? false)" }
  }

  private let chat = #""messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]"#

  // MARK: - ms-swift

  @Test(arguments: [
    #""rejected_response":"b""#,
    #""rejected_messages":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]"#,
    #""rejected_response":"b","rejected_messages":null"#,
    #""rejected_response":[{"role":"assistant","content":"b"}]"#,
  ])
  func `ms-swift's messages end with the better answer`(rejected: String) throws {
    let got = try ingest("{\(chat),\(rejected),\"system\":\"S\"}")
    #expect(got.summary.format == "ms-swift")
    #expect(answers(got) == ["a true", "b false"])
    #expect(Set(got.examples.map(\.group)).count == 1)
    #expect(got.examples.map { $0.prompt.map(\.content) } == [["S", "q"], ["S", "q"]])
    #expect(got.codes == [])
  }

  @Test func `a rejected response takes the place of calls and their results, too`() throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"c"}]},{"role":"tool","content":"2"},{"role":"assistant","content":"a"}],"rejected_response":"b"}"#
    )
    #expect(answers(got) == ["|2|a true", "b false"])
    #expect(got.examples.allSatisfy { $0.prompt.map(\.content) == ["q"] })
  }

  @Test func `a chat among ms-swift's pairs is a chat`() throws {
    let got = try ingest(
      "{\(chat),\"rejected_response\":null,\"label\":true}\n{\(chat),\"rejected_response\":\"b\"}")
    #expect(got.summary.format == "ms-swift")
    #expect(answers(got) == ["a true", "a true", "b false"])
  }

  @Test func `ms-swift's messages with a label are a chat`() throws {
    #expect(try ingest("{\(chat),\"label\":true}").summary.format == "openai")
  }

  @Test(arguments: [
    (#""rejected_response":"a""#, "E07"), (#""rejected_response":5"#, "E11"),
    (#""rejected_response":["b"]"#, "E11"),
    (#""rejected_response":"b","label":false"#, "E16"),
    (#""rejected_response":"b","rejected_messages":[{"role":"user","content":"q"}]"#, "E11"),
    (
      #""rejected_messages":[{"role":"user","content":"other"},{"role":"assistant","content":"b"}]"#, "E04"
    ), (#""rejected_messages":[]"#, "E04"), (#""rejected_messages":"b""#, "E11"),
    (#""rejected_response":"""#, "E02"),
  ])
  func `ms-swift's pairs that are wrong`(rejected: String, code: String) throws {
    let got = try ingest("{\(chat),\(rejected)}")
    #expect(got.rejections.map(\.code).contains(code))
    #expect(got.rejections.allSatisfy { ($0.location?.column ?? 0) > 0 })
  }

  @Test func `a rejected response needs an answer that it differs from`() throws {
    let got = try ingest(#"{"messages":[{"role":"user","content":"q"}],"rejected_response":"b"}"#)
    #expect(got.codes == ["E04"])
  }

  // MARK: - OpenAI

  @Test func `OpenAI's preferred output is the better`() throws {
    let got = try ingest(
      #"{"input":{"messages":[{"role":"user","content":"q"}],"tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":true},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}"#
    )
    #expect(got.summary.format == "openai-preference")
    #expect(answers(got) == ["a true", "b false"])
    #expect(got.examples.allSatisfy { $0.tools != nil })
    #expect(got.summary.ignoredFields == ["input.parallel_tool_calls": 1])
  }

  private static let openAI: [(String, String, String)] = [
    (
      #"{"input":{"messages":[]},"preferred_output":[{"role":"assistant","content":"a"}],"non_preferred_output":[{"role":"assistant","content":"b"}]}"#,
      "E04", "/preferred_output"
    ),
    (#"{"input":"q","preferred_output":[],"non_preferred_output":[]}"#, "E11", "/input"),
    (
      #"{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":5,"non_preferred_output":[]}"#,
      "E11", "/preferred_output"
    ),
    (
      #"{"input":{"messages":[{"role":"user","content":"q"}],"tools":5},"preferred_output":"a","non_preferred_output":"b"}"#,
      "E11", "/input/tools"
    ),
    (#"{"preferred_output":[],"non_preferred_output":[]}"#, "E11", ""),
    (
      #"{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":"a","non_preferred_output":"a"}"#,
      "E07", "/non_preferred_output"
    ),
  ]

  @Test(arguments: openAI)
  func `OpenAI's pairs that are wrong`(record: String, code: String, pointer: String) throws {
    let got = try ingest(record)
    #expect(got.summary.format == "openai-preference")
    #expect(got.rejections.first?.code == code)
    #expect(got.rejections.first?.pointer.hasPrefix(pointer) == true)
  }

  // MARK: - HALOs

  private let prompt = #""prompt":[{"role":"user","content":"q"}]"#
  private func output(_ name: String, _ text: String) -> String {
    "\"\(name)\":[{\"role\":\"assistant\",\"content\":\"\(text)\"}]"
  }

  @Test(arguments: [("1", true), ("0", false), ("true", true), ("false", false), ("1.0", true)])
  func `HALOs' binary labels are 1 and 0`(label: String, isDesirable: Bool) throws {
    let got = try ingest(
      "{\(prompt),\(output("output", "a")),\"label\":\(label),\"type\":\"binary_feedback\",\"reward\":-7.5}")
    #expect(got.summary.format == "halos")
    #expect(got.examples.map(\.label) == [isDesirable])
    #expect(got.summary.ignoredFields == ["reward": 1])
  }

  @Test func `elsewhere 1 is no label`() throws {
    #expect(try ingest("{\(prompt),\(output("output", "a")),\"label\":1}").codes == ["E01"])
  }

  @Test(arguments: [("1", ["a true", "b false"]), ("0", ["b true", "a false"])])
  func `HALOs' pairs prefer the first with 1`(label: String, expected: [String]) throws {
    let got = try ingest(
      "{\(prompt),\(output("output_A", "a")),\(output("output_B", "b")),\"label\":\(label),\"type\":\"pairwise_feedback\"}"
    )
    #expect(answers(got) == expected)
    #expect(Set(got.examples.map(\.group)).count == 1)
  }

  @Test func `HALOs' rewards that tie leave the pair out, and rewards that contradict it are an error`()
    throws
  {
    func pair(_ rewards: (Int, Int)) -> String {
      "{\(prompt),\(output("output_A", "a")),\(output("output_B", "b")),\"label\":1,\"type\":\"pairwise_feedback\",\"reward_A\":\(rewards.0),\"reward_B\":\(rewards.1)}"
    }
    #expect(try ingest(pair((2, 1))).examples.map(\.label) == [true, false])
    #expect(try ingest(pair((1, 1))).account.dropped == [.tie: 2])
    #expect(try ingest(pair((0, 1))).codes == ["E16"])
  }

  @Test func `HALOs' scalar feedback is a score`() throws {
    let got = try ingest("{\(prompt),\(output("output", "a")),\"reward\":5,\"type\":\"scalar_feedback\"}") {
      $0.label.from = "score"
    }
    #expect(got.examples.map(\.label) == [true])
  }

  @Test(arguments: [
    (#""label":2"#, "E01"), (#""label":"1""#, "E01"), (#""label":null"#, "E01"), (#""id":1"#, "E11"),
  ])
  func `HALOs' labels that are neither`(label: String, code: String) throws {
    let got = try ingest("{\(prompt),\(output("output", "a")),\"type\":\"binary_feedback\",\(label)}")
    #expect(got.rejections.map(\.code) == [code])
  }

  @Test func `a type that HALOs does not have is an error`() throws {
    let got = try ingest("{\(prompt),\(output("output", "a")),\"type\":\"odd_feedback\"}")
    #expect(got.rejections.map(\.pointer) == ["/type"])
  }
}
