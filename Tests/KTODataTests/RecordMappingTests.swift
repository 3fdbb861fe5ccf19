import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Records of shapes that no format knows, read by a mapping.
struct RecordMappingTests {
  private func mapping(_ yaml: String) throws -> RecordMapping {
    try RecordMapping(Array(yaml.utf8), path: "map.yaml")
  }

  private func ingest(_ text: String, _ yaml: String, name: String = "data.jsonl") throws -> IngestOutcome {
    let mapping = try mapping(yaml)
    return try KTODataTests.ingest(text, name: name) {
      $0.mapping = mapping
      $0.keepsMetadata = true
    }
  }

  private let ticket =
    #"{"case":{"no":17,"customer":"q","tags":["x"]},"bot":"r","helpful":true,"agent":"v2"}"#

  @Test func `fields become prompt, completion, label and id, and the rest is metadata`() throws {
    let got = try ingest(ticket, "{prompt: /case/customer, completion: bot, label: helpful, id: /case/no}")
    let example = try #require(got.examples.first)
    #expect(got.codes == [])
    #expect(example.prompt == [Message(role: "user", content: "q")])
    #expect(example.completion == [Message(role: "assistant", content: "r")])
    #expect(example.label == true)
    #expect(example.id == "17")
    #expect(example.metadata?.jsonText == #"{"case":{"tags":["x"]},"agent":"v2"}"#)
    #expect(got.summary.format == "mapping")
  }

  @Test func `a pair makes two examples, with scores of their own`() throws {
    let got = try ingest(
      #"{"q":"a","good":"b","bad":"c","s":[9,2]}"#,
      "{prompt: q, chosen: good, rejected: bad, chosen_score: /s/0, rejected_score: /s/1}")
    #expect(got.examples.map(\.label) == [true, false])
    #expect(got.examples.map(\.source.pointer) == ["/good", "/bad"])
  }

  @Test func `a conversation has speakers and texts under names of its own`() throws {
    let got = try ingest(
      #"{"d":{"turns":[{"who":"customer","text":"q"},{"who":"bot","text":"r"}]},"ok":false}"#,
      "{messages: /d/turns, role: who, content: text, roles: {customer: user, bot: assistant}, label: ok}")
    #expect(got.codes == [])
    #expect(got.examples.first?.prompt == [Message(role: "user", content: "q")])
    #expect(got.examples.first?.label == false)
  }

  @Test func `a group of a number or a text keeps examples together, and a system message stands first`()
    throws
  {
    let got = try ingest(
      #"{"q":"a","r":"b","user":7,"sys":"Be brief."}"#, "{prompt: q, completion: r, group: user, system: sys}"
    )
    #expect(got.examples.first?.group == "7")
    #expect(got.examples.first?.prompt.first == Message(role: "system", content: "Be brief."))
    let wrong = try ingest(#"{"q":"a","r":"b","user":[7]}"#, "{prompt: q, completion: r, group: user}")
    #expect(wrong.rejections.map(\.pointer) == ["/user"])
  }

  @Test(arguments: [
    (
      #"⟦E11: the record has no "bot", which the mapping calls completion⟧{"case":{"customer":"q"},"bott":"r"}"#,
      "did you mean /bott?"
    ),
    (
      #"{"case":⟦E11: the record has no "/case/customer"⟧{"costumer":"q"},"bot":"r"}"#,
      "did you mean /case/costumer?"
    ),
    (#"⟦E11: has null in "bot"⟧{"case":{"customer":"q"},"bot":null}"#, "did you mean /bot?"),
    (#"{"case":{"customer":⟦E11: text or a list⟧7},"bot":"r"}"#, nil),
    (#"{"case":{"customer":"q"},"bot":"r","helpful":⟦E01: the label is the JSON integer 1⟧1}"#, "write true"),
    (#"{"case":{"customer":"q"},"bot":"r","stars":⟦E01: the score "5" is not a number⟧"5"}"#, "write it as"),
  ])
  func `what is missing or of a wrong type is an error at its place`(marked: String, hint: String?) throws {
    let text = try MarkedText(marked)
    let got = try ingest(text.text, "{prompt: /case/customer, completion: bot, label: helpful, score: stars}")
    #expect(text.differences(from: got.rejections) == [])
    if marked.contains("has null") { return }
    #expect(got.rejections.first?.hint.map { $0.hasPrefix(hint ?? "") } ?? (hint == nil))
  }

  @Test func `findings name the fields of the file`() throws {
    let got = try ingest(#"{"d":[{"who":"x","text":"q"}]}"#, "{messages: d, role: who, content: text}")
    #expect(got.rejections.first?.code == "E12")
    #expect(got.rejections.first?.pointer == "/d/0/who")
    let blank = try ingest(#"{"a":{"q":"x"},"r":"  ","ok":true}"#, "{prompt: /a/q, completion: r, label: ok}")
    #expect(blank.rejections.map(\.pointer) == ["/r"])
  }

  @Test func `a path without a slash before it has a hint`() throws {
    let got = try ingest(ticket, "{prompt: case.customer, completion: bot}")
    #expect(got.rejections.first?.hint == "a way into a record begins with a slash: /case/customer")
  }

  @Test func `no field that has its meaning already is said to be meant`() throws {
    let got = try ingest(#"{"q":"a","label":true}"#, "{prompt: q, completion: r, label: label}")
    #expect(got.rejections.first?.hint == #"the record has "q", "label""#)
  }

  @Test func `scores against their sides are told by the names in the file`() throws {
    let got = try ingest(
      #"{"q":"a","good":"b","bad":"c","s":[2,9]}"#,
      "{prompt: q, chosen: good, rejected: bad, chosen_score: /s/0, rejected_score: /s/1}")
    #expect(got.rejections.map(\.code) == ["E16"])
    #expect(got.rejections.first?.message.hasSuffix(#": "/s/0" is 2.0, "/s/1" is 9.0"#) == true)
    #expect(got.rejections.first?.pointer == "/s/1")
  }

  @Test func `in a table true, false and numbers are what they say in mapped columns`() throws {
    let table = "Frage,Antwort,hilfreich,Note\nq,r,TRUE,5\nq2,r2,false,1\nq3,r3,vielleicht,2\n"
    let map = "{prompt: Frage, completion: Antwort, label: hilfreich}"
    let got = try ingest(table, map, name: "t.csv")
    #expect(got.examples.map(\.label) == [true, false])
    #expect(got.rejections.map(\.code) == ["E01"])
    #expect(got.rejections.first?.location?.line == 4)
    let scored = try KTODataTests.ingest(table, name: "t.csv") {
      $0.mapping = try? mapping("{prompt: Frage, completion: Antwort, score: Note}")
      $0.label.undesirableBelow = 2
    }
    #expect(scored.examples.map(\.label) == [true, false, nil])
  }

  @Test func `label rules name fields as they are in the file`() throws {
    let rules = try LabelRuleFile(
      Array("rules: [{kind: field, field: /case/no, undesirable: 17}]".utf8), path: "rules.yaml")
    let mapping = try mapping("{prompt: /case/customer, completion: bot}")
    let got = try KTODataTests.ingest(ticket) {
      $0.mapping = mapping
      $0.labelRules = rules
    }
    #expect(got.examples.map(\.label) == [false])
  }

  @Test(arguments: [
    "{⟦C05: no answer is mapped⟧prompt: q}", "{⟦C05: the question is missing⟧completion: r}",
    "{prompt: q, ⟦C05: other side is missing: name rejected⟧chosen: r}",
    "{messages: m, ⟦C05: it cannot be beside messages⟧completion: r}",
    "{messages: m, ⟦C05: messages hold the question⟧prompt: r}",
    "{prompt: q, chosen: a, rejected: b, ⟦C05: the sides of a pair are the labels⟧label: l}",
    "{prompt: q, ⟦C05: it is the field that prompt names, too⟧completion: /q}",
    "{prompt: q, chosen: a, ⟦C05: it is the field that chosen names, too⟧rejected: a}",
    "{⟦C01: unknown key 'mapping.promt'⟧promt: q, completion: r}",
    "{prompt: ⟦C02: must be a string⟧3, completion: r}",
    "{messages: m, roles: {bot: ⟦C03: must be system⟧assistent}}",
  ])
  func `what is wrong with a mapping is found at its place`(marked: String) throws {
    let text = try MarkedText(marked)
    do {
      _ = try mapping(text.text)
      Issue.record("accepted")
    } catch let error as ConfigurationError {
      #expect(text.differences(from: error.diagnostics) == [])
    }
  }

  @Test func `a file that no format fits has a hint that leads to a mapping`() throws {
    let got = try KTODataTests.ingest(#"{"Frage":"q","Antwort":"r"}"#)
    #expect(got.findings.map(\.code) == ["E14"])
    #expect(got.findings.first?.hint?.contains("set data.map=FILE") == true)
  }
}
