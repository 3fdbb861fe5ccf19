import KTOCore
import KTOData
import Testing

/// Questions, system messages and other columns beside an answer: used, kept or named.
struct IngestColumnTests {
  private func prompts(_ outcome: IngestOutcome) -> [[String]] {
    outcome.examples.map { $0.prompt.map { "\($0.role):\($0.content)" } }
  }

  @Test(arguments: [
    (#""instruction":"Add","input":"2 and 2""#, ["user:Add\n2 and 2"]),
    (#""instruction":"Add","input":"""#, ["user:Add"]),
    (#""question":"Add""#, ["user:Add"]), (#""query":"Add""#, ["user:Add"]),
    (#""input":"Add""#, ["user:Add"]),
    (#""instruction":"Add","history":[["q","r"]]"#, ["user:q", "assistant:r", "user:Add"]),
    (#""prompt":null,"question":"Add""#, ["user:Add"]), (#""prompt":"","query":"Add""#, ["user:Add"]),
    (#""system_prompt":"S","prompt":"Add""#, ["system:S", "user:Add"]),
    (#""system":"S","prompt":"Add""#, ["system:S", "user:Add"]),
    (#""system":"","prompt":"Add""#, ["user:Add"]),
  ])
  func `a question is read from its column`(columns: String, prompt: [String]) throws {
    let pair = try ingest(#"{\#(columns),"chosen":"The 4.","rejected":"The 5."}"#)
    #expect(prompts(pair) == [prompt, prompt])
    #expect(pair.examples.map(\.completion[0].content) == ["The 4.", "The 5."])
    #expect(pair.summary.ignoredFields.isEmpty)
    #expect(prompts(try ingest(#"{\#(columns),"completion":"4","label":true}"#)) == [prompt])
  }

  @Test func `two columns that could be the question: one is used, the other named`() throws {
    let got = try ingest(#"{"prompt":"p","question":"q","chosen":"a","rejected":"b"}"#)
    #expect(prompts(got) == [["user:p"], ["user:p"]])
    #expect(got.summary.ignoredFields == ["question": 1])
  }

  @Test func `what two texts begin with alike is no prompt`() throws {
    let got = try ingest(#"{"chosen":"The sky is blue.","rejected":"The sky is bluish."}"#)
    #expect(got.codes == ["E11"])
  }

  @Test func `a pair at the end of a conversation has the conversation as its prompt`() throws {
    let got = try ingest(
      #"{"conversations":[{"from":"human","value":"q"}],"chosen":{"from":"gpt","value":"a"},"rejected":{"from":"gpt","value":"b"}}"#
    )
    #expect(got.summary.format == "trl-pairs")
    #expect(prompts(got) == [["user:q"], ["user:q"]])
  }

  @Test(arguments: ["openai", "sharegpt", "hh-rlhf"])
  func `a system column stands before the conversation`(format: String) throws {
    let records = [
      "openai":
        #"{"system":"S","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}]}"#,
      "sharegpt":
        #"{"system":"S","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"r"}]}"#,
      "hh-rlhf":
        #"{"system":"S","chosen":"\n\nHuman: q\n\nAssistant: a","rejected":"\n\nHuman: q\n\nAssistant: b"}"#,
    ]
    let got = try ingest(try #require(records[format]))
    #expect(got.summary.format == format)
    #expect(prompts(got).first == ["system:S", "user:q"])
  }

  @Test func `a system column that says something else than the system message is an error`() throws {
    func record(_ column: String) -> String {
      #"{"system":\#(column),"messages":[{"role":"system","content":"S"},{"role":"user","content":"q"},{"role":"assistant","content":"r"}],"label":true}"#
    }
    #expect(try ingest(record(#""T""#)).codes == ["E16"])
    #expect(prompts(try ingest(record(#""S ""#))) == [["system:S", "user:q"]])
    #expect(try ingest(record("5")).codes == ["E11"])
  }

  @Test func `fields that nothing reads are kept as metadata where they are asked for, and come back`() throws
  {
    let text = #"{"prompt":"q","completion":"r","label":true,"user":{"id":7},"metadata":[1]}"#
    let got = try ingest(text) { $0.keepsMetadata = true }
    let example = try #require(got.examples.first)
    #expect(example.metadata?.jsonText == #"{"user":{"id":7},"metadata":[1]}"#)
    #expect(got.summary.metadataFields == ["user": 1, "metadata": 1])
    let back = try ingest(example.jsonLine()) { $0.keepsMetadata = true }
    #expect(back.summary.format == "examples")
    #expect(back.examples.first?.metadata?.jsonText == example.metadata?.jsonText)
  }

  @Test func `an id that cannot be one is named`() throws {
    #expect(
      try ingest(#"{"id":[1],"prompt":"q","completion":"r","label":true}"#).summary.ignoredFields == ["id": 1]
    )
  }
}
