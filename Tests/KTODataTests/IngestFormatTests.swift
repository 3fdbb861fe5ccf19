import KTOCore
import KTOData
import Testing

struct IngestFormatTests {
  private func contents(_ messages: [Message]) -> [String] { messages.map { "\($0.role):\($0.content)" } }

  @Test func `the last ShareGPT turn is the completion and all before it the prompt`() throws {
    let got = try ingest(
      #"[{"id":"a","conversations":[{"from":"system","value":"s"},{"from":"human","value":"q"},"#
        + #"{"from":"gpt","value":"r"},{"from":"human","value":"q2"},{"from":"gpt","value":"r2"}],"kto_tag":true}]"#
    )
    let example = try #require(got.examples.first)
    #expect(got.summary.format == "sharegpt")
    #expect(contents(example.prompt) == ["system:s", "user:q", "assistant:r", "user:q2"])
    #expect(contents(example.completion) == ["assistant:r2"])
    #expect(example.id == "a")
    #expect(example.signals == [.field(true)])
  }

  @Test func `a ShareGPT function call becomes tool_calls and an observation a tool turn`() throws {
    let got = try ingest(
      #"{"conversations":[{"from":"human","value":"q"},"#
        + #"{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"},"#
        + #"{"from":"observation","value":"2"},{"from":"gpt","value":"r"}]}"#)
    let example = try #require(got.examples.first)
    #expect(example.prompt.map(\.role) == ["user", "assistant", "tool"])
    #expect(
      example.prompt[1].extra
        == #"{"tool_calls":[{"type":"function","function":{"name":"f","arguments":{"x":1}}}]}"#)
    #expect(example.signals.isEmpty)
  }

  @Test(arguments: [
    (#""thumbs_up""#, true), (#""down""#, false), (#""positive""#, true), ("-1", false), (#""1""#, true),
    ("true", true),
  ])
  func `OpenAI feedback is understood in its usual spellings`(feedback: String, label: Bool) throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}],"feedback":\#(feedback)}"#
    )
    #expect(got.examples.first?.signals == [.field(label)])
  }

  @Test func `OpenAI content parts are joined, weight is no label, tool calls may leave content null`() throws
  {
    let got = try ingest(
      #"{"messages":[{"role":"developer","content":"d"},"#
        + #"{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"#
        + #"{"role":"assistant","content":null,"weight":0,"tool_calls":[{"id":"c"}]}]}"#)
    let example = try #require(got.examples.first)
    #expect(contents(example.prompt) == ["developer:d", "user:a\nb"])
    #expect(example.completion[0].extra == #"{"tool_calls":[{"id":"c"}]}"#)
    #expect(example.signals.isEmpty)
    #expect(example.weight == nil)
  }

  @Test func `a refusal is the answer of an OpenAI message without content`() throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"refusal":"No."}],"label":false}"#
    )
    #expect(got.examples.first?.completion.map(\.content) == ["No."])
    #expect(got.summary.ignoredFields.isEmpty)
  }

  @Test func `an explicit pair makes two examples of one group`() throws {
    let got = try ingest(#"{"id":"p","prompt":"q","chosen":"good","rejected":"bad"}"#)
    #expect(got.examples.map(\.id) == ["p-chosen", "p-rejected"])
    #expect(got.examples.map(\.signals) == [[.pair(true)], [.pair(false)]])
    #expect(got.examples[0].group == got.examples[1].group)
    #expect(got.examples[1].source.pointer == "/rejected")
  }

  @Test func `an implicit pair shares its prompt up to a message boundary`() throws {
    let got = try ingest(
      #"{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"same start, a"}],"#
        + #""rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"same start, b"}]}"#)
    #expect(got.examples.map { contents($0.prompt) } == [["user:q"], ["user:q"]])
    #expect(got.examples.map { $0.completion[0].content } == ["same start, a", "same start, b"])
  }

  @Test func `where one side begins the other, the shorter one keeps its answer`() throws {
    let got = try ingest(
      #"{"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"#
        + #""rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"a"},"#
        + #"{"role":"assistant","content":"more"}]}"#)
    #expect(got.examples.map { contents($0.prompt) } == [["user:q"], ["user:q"]])
    #expect(got.examples.map(\.completion.count) == [1, 2])
  }

  @Test func `identical sides are an error`() throws {
    let got = try ingest(#"{"prompt":"q","chosen":"x","rejected":"x"}"#)
    #expect(got.codes == ["E07"])
    #expect(got.examples.isEmpty)
  }

  @Test func `a transcript is cut at its last answer`() throws {
    let head = #"\n\nHuman: one\n\nAssistant: two\n\nHuman: three\n\nAssistant:"#
    let got = try ingest(#"{"chosen":"\#(head) good","rejected":"\#(head) bad"}"#)
    #expect(got.summary.format == "hh-rlhf")
    #expect(contents(got.examples[0].prompt) == ["user:one", "assistant:two", "user:three"])
    #expect(got.examples.map { $0.completion[0].content } == ["good", "bad"])
  }

  @Test func `transcripts with different prompts are no pair`() throws {
    let got = try ingest(
      #"{"chosen":"\n\nHuman: a\n\nAssistant: x","rejected":"\n\nHuman: b\n\nAssistant: y"}"#)
    #expect(got.codes == ["E04"])
  }

  @Test func `examples keep their id, group, weight and source`() throws {
    let got = try ingest(
      #"{"id":"e","prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"r"}],"#
        + #""label":false,"group":"g","weight":0.5,"source":{"file":"f","line":3,"byteOffset":9,"pointer":"/x"}}"#
    )
    let example = try #require(got.examples.first)
    #expect(got.summary.format == "examples")
    #expect(example.id == "e")
    #expect(example.group == "g")
    #expect(example.weight == 0.5)
    #expect(example.source == Source(file: "f", line: 3, byteOffset: 9, pointer: "/x"))
  }

  @Test func `the same prompt has the same group in every format`() throws {
    let trl = try ingest(#"{"prompt":"q","completion":"r","label":true}"#)
    let chat = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"z"}]}"#)
    #expect(trl.examples[0].group == chat.examples[0].group)
  }

  @Test func `ids that come twice are told apart`() throws {
    let row = #"{"id":"x","prompt":"q","completion":"r","label":true}"#
    let got = try ingest("\(row)\n\(row)\n\(row)")
    #expect(got.examples.map(\.id) == ["x", "x~2", "x~3"])
  }

  @Test func `records without an id are named after their file`() throws {
    let row = #"{"prompt":"q","completion":"r","label":true}"#
    let got = try ingest("\(row)\n\(row)", name: "votes.2024.jsonl")
    #expect(got.examples.map(\.id) == ["votes-0", "votes-1"])
  }

  @Test func `a file that fits two formats is refused with both named`() throws {
    let got = try ingest(#"{"messages":[{"role":"user"}],"conversations":[{"from":"human"}]}"#)
    #expect(got.codes == ["E14"] && got.account.records == 0)
    #expect(got.findings[0].message.hasPrefix("the file could be openai or sharegpt"))
  }

  @Test func `a file of no known format is refused with the keys that it has`() throws {
    let got = try ingest("\n" + #" {"text":"hello","n":1}"#)
    #expect(got.codes == ["E14"])
    #expect(got.findings[0].location?.description == "data.json:2:2")
    #expect(got.findings[0].message.hasSuffix(#"the first record has the keys "text", "n""#))
    #expect(got.findings[0].hint?.contains("trl-pairs") == true)
  }

  @Test func `a record that makes no example is an error, not nothing`() throws {
    let got = try ingest(#"{"instruction":"q","completions":[]}"#, as: "ultrafeedback")
    #expect(got.rejections.map(\.code) == ["E11"])
    #expect(got.account.records == 1 && got.examples.isEmpty)
  }

  @Test func `only the most special format of a record counts`() throws {
    let got = try ingest(
      #"{"chosen":"\n\nHuman: a\n\nAssistant: b","rejected":"\n\nHuman: a\n\nAssistant: c"}"#)
    #expect(got.summary.format == "hh-rlhf")
  }
}
