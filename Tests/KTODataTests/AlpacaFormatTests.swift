import KTOCore
import KTOData
import KTOTestSupport
import Testing

/// Alpaca and other tables of questions and answers.
struct AlpacaFormatTests {
  private func prompts(_ outcome: IngestOutcome) -> [[String]] {
    outcome.examples.map { $0.prompt.map { "\($0.role):\($0.content)" } }
  }

  @Test func `instruction, input, history and system make the prompt`() throws {
    let got = try ingest(
      #"[{"instruction":"Add","input":"2","output":"4","kto_tag":true,"system":"S","history":[["q","r"]]},"#
        + #"{"instruction":"Add","input":"","output":"5","kto_tag":false}]"#)
    #expect(got.summary.format == "alpaca")
    #expect(prompts(got) == [["system:S", "user:q", "assistant:r", "user:Add\n2"], ["user:Add"]])
    #expect(got.examples.map(\.label) == [true, false])
    #expect(got.summary.ignoredFields == [:])
  }

  @Test(arguments: [
    (#""question":"q","answer":"r""#), (#""prompt":"q","response":"r""#), (#""query":"q","response":"r""#),
    (#""input":"q","output":"r""#), (#""prompt":[{"role":"user","content":"q"}],"output":"r""#),
    (#""prompt":"q","output":[{"role":"assistant","content":"r"}]"#),
  ])
  func `columns of a question and its answer are told by themselves`(columns: String) throws {
    let got = try ingest("{\(columns),\"label\":false}")
    #expect(got.summary.format == "alpaca")
    #expect(prompts(got) == [["user:q"]])
    #expect(got.examples.map(\.completion) == [[Message(role: "assistant", content: "r")]])
    #expect(got.examples.map(\.label) == [false])
  }

  @Test func `a history stands before a query, too`() throws {
    let got = try ingest(#"{"query":"q2","response":"r2","history":[["q","r"]],"label":true}"#)
    #expect(prompts(got) == [["user:q", "assistant:r", "user:q2"]])
    #expect(got.summary.ignoredFields == [:])
  }

  @Test func `a row without a verdict is unlabelled`() throws {
    let got = try ingest(#"{"instruction":"q","output":"r"}"#)
    #expect(got.codes == [])
    #expect(got.account.dropped == [.unlabelled: 1])
  }

  @Test func `a completion is TRL's`() throws {
    #expect(try ingest(#"{"prompt":"q","completion":"r","label":true}"#).summary.format == "trl")
  }

  @Test func `two columns that could be the answer are an error`() throws {
    let text = try MarkedText(
      #"{"question":"q","answer":⟦E11: answer⟧"gold","response":"r","label":false}"#)
    #expect(text.differences(from: try ingest(text.bytes).rejections) == [])
  }

  @Test func `the answer that belongs to the question's column counts, and the other is named`() throws {
    let got = try ingest(#"{"instruction":"q","output":"r","answer":"x","label":true}"#)
    #expect(got.examples.map { $0.completion[0].content } == ["r"])
    #expect(got.summary.ignoredFields == ["answer": 1])
  }

  @Test(arguments: [
    #"{"instruction":"q","output":"r","label":⟦E01:⟧"yes"}"#,
    #"{"instruction":"q","output":⟦E11: text⟧5,"label":true}"#,
    #"{"instruction":"q","output":⟦E02: empty⟧"","label":true}"#,
    #"⟦E11: no answer⟧{"instruction":"q","output":null,"label":true}"#,
    #"{"instruction":"q","input":⟦E11: must be text⟧5,"output":"r","label":true}"#,
    #"{"instruction":"q","output":"r","history":[⟦E11: two texts⟧["a"]],"label":true}"#,
    #"⟦E11: no question⟧{"instruction":"","output":"r","label":true}"#,
    #"⟦E11: no question⟧{"output":"r","label":true}"#,
    #"{"instruction":"q","output":"r","kto_tag":true,"label":⟦E16:⟧false}"#,
  ])
  func `what is wrong has a place`(record: String) throws {
    let text = try MarkedText(record)
    #expect(text.differences(from: try ingest(text.bytes, as: "alpaca").rejections) == [])
  }

  @Test func `a score labels by its limits`() throws {
    let text =
      #"{"question":"q","answer":"r","score":5}"# + "\n" + #"{"question":"q","answer":"s","score":-1}"#
    #expect(try ingest(text) { $0.label.from = "score" }.examples.map(\.label) == [true, false])
  }

  @Test func `what an answer's message says about itself counts`() throws {
    let got = try ingest(
      #"{"prompt":"q","response":[{"role":"assistant","content":"r","feedback":"down"}]}"#)
    #expect(got.examples.map(\.label) == [false])
  }
}
