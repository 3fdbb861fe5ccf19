import KTOCore
import KTOData
import Testing

/// UltraFeedback, HelpSteer and Chatbot Arena.
struct ScoredFormatTests {
  private func limits(_ high: Double, _ low: Double) -> (inout PipelineOptions) -> Void {
    {
      $0.label.from = "score"
      $0.label.desirableAt = high
      $0.label.undesirableBelow = low
    }
  }

  // MARK: - UltraFeedback

  @Test func `each scored completion is an example of one group`() throws {
    let got = try ingest(
      #"{"source":"x","instruction":"q","models":["a"],"completions":[{"model":"a","response":"r","overall_score":8.5},{"response":"s","overall_score":2.0},{"response":"t","overall_score":5}]}"#,
      limits(7, 4))
    #expect(got.summary.format == "ultrafeedback")
    #expect(got.examples.map(\.label) == [true, false, nil])
    #expect(got.account.dropped == [.betweenScores: 1])
    #expect(Set(got.examples.map(\.group)).count == 1)
    #expect(got.summary.ignoredFields["completions[].model"] == 1)
  }

  private func rated(_ score: String, _ ratings: [String]) -> String {
    let annotations = ratings.enumerated().map { "\"r\($0.offset)\":{\"Rating\":\"\($0.element)\"}" }
    return
      #"{"instruction":"q","completions":[{"response":"r","overall_score":\#(score),"annotations":{\#(annotations.joined(separator: ","))}},{"response":"s","overall_score":3}]}"#
  }

  @Test func `a score of 10 that its ratings contradict rejects the completion alone`() throws {
    let got = try ingest(rated("10", ["1", "2", "N/A", "1"]), limits(7, 4))
    #expect(got.rejections.map(\.code) == ["E16"])
    #expect(got.rejections.first?.pointer == "/completions/0/overall_score")
    #expect(got.rejections.first?.message.contains("1.33") == true)
    #expect(got.examples.map(\.label) == [false])
  }

  @Test func `a score of 10 with high ratings, and a 9 with low ones, stay`() throws {
    #expect(try ingest(rated("10", ["5", "5", "4"]), limits(7, 4)).codes == [])
    #expect(try ingest(rated("9", ["1", "1"]), limits(7, 4)).codes == [])
  }

  @Test(arguments: [
    (#"{"instruction":"q","completions":[{"response":"r","overall_score":"high"}]}"#, "E01"),
    (#"{"instruction":"q","completions":[{"response":"","overall_score":9}]}"#, "E02"),
    (#"{"instruction":"q","completions":[{"response":5,"overall_score":9}]}"#, "E11"),
    (#"{"instruction":5,"completions":[{"response":"r","overall_score":9}]}"#, "E11"),
    (#"{"instruction":"q","completions":[{"response":"r"},7]}"#, "E11"),
    (#"{"instruction":"  ","completions":[{"response":"r","overall_score":9}]}"#, "E02"),
  ])
  func `what is wrong with scored completions has a code`(record: String, code: String) throws {
    let got = try ingest(record, limits(7, 4))
    #expect(got.summary.format == "ultrafeedback")
    #expect(got.rejections.map(\.code) == [code])
  }

  // MARK: - HelpSteer

  @Test func `helpfulness is the score`() throws {
    let text = (0...4).map {
      #"{"prompt":"q","response":"r\#($0)","helpfulness":\#($0),"correctness":4,"verbosity":1}"#
    }
    let got = try ingest(text.joined(separator: "\n"), limits(3, 2))
    #expect(got.summary.format == "helpsteer")
    #expect(got.examples.map(\.label) == [false, false, nil, true, true])
    #expect(got.summary.ignoredFields == ["correctness": 5, "verbosity": 5])
  }

  @Test func `a prompt with markers is several turns`() throws {
    let got = try ingest(
      #"{"prompt":"q\n<extra_id_1>Assistant\nr\n<extra_id_1>User\nq2","response":"r2","helpfulness":4}"#)
    #expect(
      got.examples.first?.prompt.map { "\($0.role):\($0.content)" } == ["user:q", "assistant:r", "user:q2"])
  }

  // MARK: - Chatbot Arena

  private func battle(_ winner: String, _ a: String = "r", _ b: String = "s", question: String = "q")
    -> String
  {
    #"{"question_id":"1","model_a":"m","model_b":"n","winner":\#(winner),"conversation_a":[{"role":"user","content":"q"},{"role":"assistant","content":"\#(a)"}],"conversation_b":[{"role":"user","content":"\#(question)"},{"role":"assistant","content":"\#(b)"}]}"#
  }
  private func labels(_ outcome: IngestOutcome) -> [String: Bool?] {
    Dictionary(uniqueKeysWithValues: outcome.examples.map { ($0.completion[0].content, $0.label) })
  }

  @Test(arguments: [(#""model_a""#, true), (#""model_b""#, false)])
  func `the winner's answer is desirable, the other is not`(winner: String, first: Bool) throws {
    let got = try ingest(battle(winner))
    #expect(got.summary.format == "arena")
    #expect(labels(got) == ["r": first, "s": !first])
    #expect(Set(got.examples.map(\.group)).count == 1)
  }

  @Test(arguments: [#""tie""#, #""tie (bothbad)""#, #""both_bad""#])
  func `ties are left out and counted`(winner: String) throws {
    let got = try ingest(battle(winner))
    #expect(got.account.dropped == [.tie: 2])
    #expect(got.codes == [])
    #expect(try ingest(battle(winner)) { $0.label.from = "pair" }.account.dropped == [.tie: 2])
    #expect(try ingest(battle(winner, "same", "same")).account.dropped == [.tie: 2])
  }

  @Test func `both are bad where the configuration says so`() throws {
    let got = try ingest(battle(#""tie (bothbad)""#)) { $0.label.undesirableWords = ["tie (bothbad)"] }
    #expect(labels(got) == ["r": false, "s": false])
  }

  @Test(arguments: ["null", #""""#])
  func `a battle without a vote is unlabelled`(winner: String) throws {
    #expect(try ingest(battle(winner)).account.dropped == [.unlabelled: 2])
  }

  @Test func `each side keeps its own earlier answers, and both are one group`() throws {
    func side(_ name: String) -> String {
      "\"conversation_\(name)\":"
        + #"[{"role":"user","content":"q"},{"role":"assistant","content":"\#(name)1"},{"role":"user","content":"q2"},{"role":"assistant","content":"\#(name)2"}]"#
    }
    let got = try ingest("{\"winner\":\"model_b\",\(side("a")),\(side("b"))}")
    #expect(got.examples.map { $0.prompt.map(\.content) } == [["q", "b1", "q2"], ["q", "a1", "q2"]])
    #expect(got.examples.map(\.label) == [true, false])
    #expect(Set(got.examples.map(\.group)).count == 1)
  }

  @Test func `questions and answers in columns are lists in texts, as a table has them`() throws {
    let got = try ingest(
      #"{"id":30192,"model_a":"m","model_b":"n","prompt":"[\"q\",\"q2\"]","response_a":"[\"a1\",\"a2\"]","response_b":"[\"b1\",\"b2\"]","winner_model_a":"0","winner_model_b":1,"winner_tie":0}"#
    )
    #expect(got.summary.format == "arena")
    #expect(labels(got) == ["b2": true, "a2": false])
    #expect(got.examples.first?.prompt.map(\.content) == ["q", "b1", "q2"])
    #expect(got.examples.map(\.id) == ["30192-response_b", "30192-response_a"])
  }

  @Test func `a plain question with plain answers, one of which is a list to look at`() throws {
    let got = try ingest(
      #"{"prompt":"Two letters as JSON","response_a":"[\"a\",\"b\"]","response_b":"a, b","winner":"model_a"}"#
    )
    #expect(labels(got) == [#"["a","b"]"#: true, "a, b": false])
  }

  @Test(arguments: [
    (#"{"prompt":"[\"q\"]","response_a":"[null]","response_b":"[\"b\"]","winner_model_a":1}"#, "E11"),
    (#"{"prompt":"[\"q\"]","response_a":"[\"a\",\"x\"]","response_b":"[\"b\"]","winner_model_a":1}"#, "E11"),
    (
      #"{"prompt":"q","response_a":"a","response_b":"b","winner_model_a":1,"winner_model_b":1}"#, "E16"
    ), (#"{"prompt":"q","response_a":"a","response_b":"b","winner_tie":2}"#, "E01"),
    (#"{"prompt":"q","response_a":"a","response_b":7,"winner_tie":1}"#, "E11"),
    (#"{"prompt":"q","response_a":"a","response_b":"b","winner":"gpt-4"}"#, "E01"),
    (#"{"prompt":"q","response_a":"a","response_b":"a","winner":"model_a"}"#, "E07"),
  ])
  func `battles that are wrong`(record: String, code: String) throws {
    let got = try ingest(record)
    #expect(got.summary.format == "arena")
    #expect(got.rejections.map(\.code) == [code])
  }

  @Test func `two questions are no battle`() throws {
    #expect(try ingest(battle(#""model_a""#, question: "other")).codes == ["E04"])
  }
}
