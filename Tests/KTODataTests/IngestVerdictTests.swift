import KTOCore
import KTOData
import Testing

/// What records say about their answers, in which fields and words.
struct IngestVerdictTests {
  private let chat = #""messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r"}]"#

  private func labels(_ outcome: IngestOutcome) -> [Bool?] { outcome.examples.map(\.label) }

  @Test(arguments: [
    (#""label":true,"feedback":"down""#, "/feedback"), (#""kto_tag":false,"label":true"#, "/label"),
    (#""feedback":"up","annotation":{"rating":-1}"#, "/annotation/rating"),
    (#""label":true,"score":-2"#, "/score"),
    (#""rating":"thumbsUp","label":false"#, "/label"),
  ])
  func `verdicts that contradict one another are an error that names both`(fields: String, pointer: String)
    throws
  {
    let got = try ingest("{\(chat),\(fields)}")
    #expect(got.rejections.map(\.code) == ["E16"])
    #expect(got.rejections.first?.pointer == pointer)
  }

  @Test func `verdicts that agree make one label`() throws {
    #expect(labels(try ingest("{\(chat),\"label\":true,\"feedback\":\"up\",\"score\":5}")) == [true])
  }

  @Test(arguments: ["score", "rating"])
  func `votes and ratings label in every format`(field: String) throws {
    let texts = [
      "{\(chat),\"\(field)\":5}", #"{"prompt":"q","completion":"r","\#(field)":5}"#,
      #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"r"}],"\#(field)":5}"#,
    ]
    for text in texts { #expect(labels(try ingest(text) { $0.label.from = "score" }) == [true]) }
  }

  @Test func `a score that is no number is an error where scores are asked for, and named elsewhere`() throws
  {
    let text = "{\(chat),\"label\":true,\"score\":\"high\"}"
    #expect(try ingest(text) { $0.label.from = "score" }.codes == ["E01"])
    let got = try ingest(text)
    #expect(labels(got) == [true])
    #expect(got.summary.ignoredFields == ["score": 1])
  }

  @Test func `each judged answer of a conversation is an example, all of one group`() throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r","feedback":"down"},"#
        + #"{"role":"user","content":"q2"},{"role":"assistant","content":"r2","rating":"thumbsUp"},"#
        + #"{"role":"user","content":"q3"}]}"#)
    #expect(labels(got) == [false, true])
    #expect(got.examples.map(\.prompt.count) == [1, 3])
    #expect(got.examples.map(\.id) == ["data-0-1", "data-0-3"])
    #expect(Set(got.examples.map(\.group)).count == 1)
  }

  @Test func `the verdict on the record is about its last answer`() throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r","feedback":"down"},"#
        + #"{"role":"user","content":"q2"},{"role":"assistant","content":"r2"}],"label":true}"#)
    #expect(labels(got) == [false, true])
  }

  @Test func `what is said about a user's turn is named as not read`() throws {
    let got = try ingest(
      #"{"messages":[{"role":"user","content":"q","feedback":"up","at":1},{"role":"assistant","content":"r"}],"label":true}"#
    )
    #expect(got.summary.ignoredFields == ["messages[].feedback": 1, "messages[].at": 1])
  }

  @Test(arguments: [
    (#""👍""#, true), (#""Bad""#, false), ("1", true), ("0", false), (#"{"rating":"GOOD"}"#, true),
  ])
  func `words of the configuration are verdicts`(value: String, label: Bool) throws {
    func words(_ options: inout PipelineOptions) {
      options.label.desirableWords = ["👍", "good", "1"]
      options.label.undesirableWords = ["bad", "0"]
    }
    #expect(labels(try ingest("{\(chat),\"feedback\":\(value)}", words)) == [label])
  }

  @Test func `the configuration names the field of the verdict, and no other counts`() throws {
    let got = try ingest("{\(chat),\"label\":true,\"meta\":{\"vote\":\"down\"}}") {
      $0.label.field = "/meta/vote"
    }
    #expect(labels(got) == [false])
    #expect(got.summary.ignoredFields == ["label": 1])
  }

  @Test func `pairs whose scores tie are left out and counted`() throws {
    let got = try ingest(#"{"prompt":"q","chosen":"a","rejected":"b","score_chosen":8,"score_rejected":8.0}"#)
    #expect(got.account.dropped == [.tie: 2])
    #expect(got.codes.isEmpty)
  }

  @Test func `a pair whose rejected answer has the higher score is an error, unless the sides decide`() throws
  {
    let text = #"{"prompt":"q","chosen":"a","rejected":"b","chosen_rating":1,"rejected_rating":5}"#
    #expect(try ingest(text).codes == ["E16"])
    #expect(labels(try ingest(text) { $0.label.from = "pair" }) == [true, false])
  }

  @Test func `where scores decide, each side of a pair has its own`() throws {
    let text = #"{"prompt":"q","chosen":"a","rejected":"b","score_chosen":8,"score_rejected":7}"#
    #expect(labels(try ingest(text) { $0.label.from = "score" }) == [true, true])
  }

  @Test func `what nothing labels has a hint that names the fields that may`() throws {
    let got = try ingest("{\(chat),\"vote\":\"up\"}") { $0.checks = CheckContext() }
    #expect(got.setFindings.map(\.code) == ["E09"])
    #expect(got.setFindings.first?.hint?.hasSuffix("not used are vote") == true)
  }
}
