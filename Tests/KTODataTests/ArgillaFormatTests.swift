import KTOCore
import KTOData
import Testing

/// Argilla's records, and their responses.
struct ArgillaFormatTests {
  private func record(_ responses: String, fields: String = #""prompt":"q","response":"r""#) -> String {
    "{\"id\":\"a\",\"fields\":{\(fields)},\"responses\":\(responses),\"metadata\":{}}"
  }

  @Test(arguments: [
    (#"{"label":[{"value":"positive","user_id":"u"}]}"#, true), (#"{"feedback":[{"value":"down"}]}"#, false),
    (#"{"kto_tag":[{"value":true},{"value":"up"}]}"#, true), (#"{"label":{"value":"thumbs_down"}}"#, false),
    (#"[{"status":"submitted","user_id":"u","values":{"label":{"value":"up"}}}]"#, true),
    (
      #"[{"status":"draft","values":{"label":{"value":"down"}}},{"status":"submitted","values":{"label":{"value":"up"}}}]"#,
      true
    ),
  ])
  func `a response to a question of a verdict's name is one`(responses: String, label: Bool) throws {
    let got = try ingest(record(responses))
    #expect(got.summary.format == "argilla")
    #expect(got.examples.map(\.label) == [label])
    #expect(got.examples.map(\.id) == ["a"])
  }

  @Test func `ratings are scores`() throws {
    let got = try ingest(record(#"{"rating":[{"value":5},{"value":4}]}"#)) { $0.label.from = "score" }
    #expect(got.examples.map(\.label) == [true])
  }

  @Test func `annotators that contradict one another are an error`() throws {
    #expect(try ingest(record(#"{"label":[{"value":"up"},{"value":"down"}]}"#)).codes == ["E16"])
  }

  @Test(arguments: ["{}", "[]", #"{"quality":[{"value":"good"}]}"#, #"{"label":[{"value":null}]}"#])
  func `without such a response the record is unlabelled`(responses: String) throws {
    let got = try ingest(record(responses))
    #expect(got.account.dropped == [.unlabelled: 1])
    #expect(got.codes == [])
  }

  @Test func `words of the configuration are verdicts`() throws {
    let got = try ingest(record(#"{"label":[{"value":"good"}]}"#)) { $0.label.desirableWords = ["good"] }
    #expect(got.examples.map(\.label) == [true])
  }

  @Test(arguments: [
    (#""text":"q""#, "E11"), (#""prompt":"q""#, "E11"), (#""prompt":5,"response":"r""#, "E11"),
    (#""prompt":"q","response":"r","answer":"s""#, "E11"), (#""prompt":"q","response":" ""#, "E02"),
  ])
  func `fields that are wrong`(fields: String, code: String) throws {
    let got = try ingest(record(#"{"label":[{"value":"up"}]}"#, fields: fields))
    #expect(got.rejections.map(\.code) == [code])
    #expect(got.rejections.first?.pointer.hasPrefix("/fields") == true)
  }

  @Test func `a word that nobody knows is an error with its place`() throws {
    let got = try ingest(record(#"{"label":[{"value":"meh"}]}"#))
    #expect(got.rejections.map(\.code) == ["E01"])
    #expect(got.rejections.first?.pointer == "/responses/label/0/value")
  }
}
