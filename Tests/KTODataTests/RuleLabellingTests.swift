import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// What a file of rules makes of records.
struct RuleLabellingTests {
  /// A record of a question and an answer, with more fields.
  private func record(_ fields: String) -> String { #"{"prompt":"q","completion":"r"\#(fields)}"# }

  private func label(_ text: String, _ rules: String...) throws -> IngestOutcome {
    let yaml = "rules:\n" + rules.map { "  - {\($0)}\n" }.joined()
    let file = try LabelRuleFile(Array(yaml.utf8), path: "rules.yaml")
    return try ingest(text) {
      $0.labelRules = file
      $0.keepsMetadata = true
    }
  }

  private func label(of fields: String, _ rules: String...) throws -> Bool? {
    let yaml = "rules:\n" + rules.map { "  - {\($0)}\n" }.joined()
    let file = try LabelRuleFile(Array(yaml.utf8), path: "rules.yaml")
    let got = try ingest(record(fields)) { $0.labelRules = file }
    #expect(got.codes == [], "\(fields)")
    return got.examples.first?.label
  }

  @Test(arguments: [
    (#","meta":{"ok":true}"#, true), (#","meta":{"ok":1}"#, nil), (#","meta":{"ok":"true"}"#, nil),
    (#","meta":{"ok":"DONE"}"#, true), (#","meta":{"ok":-3.0}"#, false), (#","meta":{"ok":null}"#, nil),
    (#","meta":{}"#, nil), ("", nil), (#","meta":{"ok":[true]}"#, nil),
  ])
  func `a field means what its lists say, and nothing else`(fields: String, expected: Bool?) throws {
    #expect(
      try label(of: fields, "kind: field, field: /meta/ok, desirable: [true, done], undesirable: -3")
        == expected)
  }

  @Test(arguments: [
    (#","label":"Helpful""#, true), (#","label":"WRONG""#, false), (#","feedback":"👎🏿""#, false),
    (#","rating":"spot on""#, true), (#","label":"good","feedback":"meh""#, true),
    (#","label":"meh""#, nil), (#","label":7"#, nil),
  ])
  func `words are read in the formats' fields, with the user's own`(fields: String, expected: Bool?) throws {
    #expect(try label(of: fields, "kind: words, desirable: [Spot On]") == expected)
  }

  @Test func `a word of the user goes before the table`() throws {
    #expect(try label(of: #","label":"good""#, "kind: words, undesirable: [good]") == false)
    #expect(try label(of: #","label":"good""#, "kind: words, desirable: [yes], standard: false") == nil)
  }

  @Test(arguments: [
    (#"{"+1":3,"-1":1,"laugh":9}"#, true), (#"{"+1":0,"-1":0}"#, nil),
    (#"[{"name":"thumbsdown","count":2},{"name":"+1","count":1}]"#, false), (#"["👍","🎉"]"#, true),
    (#"[{"emoji":{"name":"👍"},"count":4}]"#, true), ("-1", false), ("5", nil),
    (#"{"rating":"thumbsUp"}"#, true),
  ])
  func `thumbs of a field are counted, whatever their notation`(value: String, expected: Bool?) throws {
    #expect(try label(of: #","reactions":\#(value)"#, "kind: thumbs, field: reactions") == expected)
  }

  @Test(arguments: [
    (#"{"+1":5.0,"-1":1}"#, true), (#"{"+1":"5","-1":1}"#, true), (#"{"+1":1e3,"-1":2}"#, true),
    (#"{"+1":null,"-1":1}"#, false), (#"{"-1":"2.0","+1":1}"#, false),
    (#"[{"name":"thumbsup","count":5.0},{"name":"-1","count":1}]"#, true),
    (#"[{"name":"thumbsup","count":"3"},{"name":"-1","count":2}]"#, true),
    (#"[{"name":"thumbsup","count":null},{"name":"-1","count":1}]"#, false),
    (#"[{"name":"tada","count":-1},{"name":"-1","count":1}]"#, false),
    (#"{"rating":"thumbsUp","+1":2,"-1":0}"#, true),
  ])
  func `counts of thumbs may be floats and texts, and null is none`(value: String, expected: Bool) throws {
    #expect(try label(of: #","reactions":\#(value)"#, "kind: thumbs, field: reactions") == expected)
  }

  @Test(arguments: [
    #"E01: the count of "+1" is 2.5, not a whole number⟧{"+1":2.5,"-1":2}"#,
    #"E01: the count of "+1" is -1⟧{"+1":-1,"-1":2}"#, #"E01: is [3]⟧{"+1":[3],"-1":2}"#,
    #"E01: is true⟧{"+1":true,"-1":2}"#, #"E01: is "many"⟧{"+1":"many","-1":2}"#,
    #"E01: the count of "count" is 0.5⟧[{"name":"thumbsup","count":0.5},{"name":"-1","count":1}]"#,
    #"E01: is 1e+300, not⟧{"+1":1e300,"-1":1}"#,
    #"E01: too large to add⟧[{"name":"+1","count":9223372036854775807},{"name":"up","count":1},"-1"]"#,
    #"E16: the thumb says the opposite of the counts⟧{"rating":"thumbsUp","+1":0,"-1":5}"#,
  ])
  func `counts that are none, and a thumb against its counts, are an error at their place`(marked: String)
    throws
  {
    let text = try MarkedText(record(#","r":⟦\#(marked),"label":true"#))
    let got = try label(text.text, "kind: thumbs, field: r", "kind: thumbs")
    #expect(text.differences(from: got.rejections) == [])
    #expect(got.rejections.map(\.pointer) == ["/r"])
  }

  @Test(arguments: [
    (#","label":["good","bad"]"#, DropReason.tie), (#","label":["meh"]"#, .noRule),
    (#","feedback":[1,-1]"#, .tie),
  ])
  func `a list of words counts in a format's field as in one of its own`(fields: String, reason: DropReason)
    throws
  {
    #expect(try label(record(fields), "kind: words").account.dropped == [reason: 1])
    for name in ["label", "kto_tag", "feedback", "rating", "score"] {
      #expect(try label(of: #","\#(name)":["good","meh"]"#, "kind: words") == true)
    }
    #expect(try label(of: #","annotation":{"rating":["bad"]}"#, "kind: words") == false)
  }

  @Test(arguments: [
    (#","feedback":1"#, true), (#","feedback":-1"#, false), (#","label":1"#, nil), (#","label":-1"#, nil),
    (#","kto_tag":1"#, nil),
  ])
  func `thumbs read numbers where plain reading does, and in a field that they name`(
    fields: String, expected: Bool?
  ) throws {
    #expect(try label(of: fields, "kind: thumbs") == expected)
    let name = fields.split(separator: "\"")[1]
    #expect(try label(of: fields, "kind: thumbs, field: \(name)") == fields.hasSuffix(":1"))
  }

  @Test func `as many thumbs up as down are a tie, which is left out`() throws {
    let got = try label(record(#","r":{"+1":2,"-1":2}"#), "kind: thumbs, field: r", "kind: words, field: r")
    #expect(got.account.dropped == [.tie: 1])
  }

  @Test func `a label that is no bool is no error where rules decide, and has no label where none takes it`()
    throws
  {
    let got = try label(record(#","label":"yes""#), "kind: thumbs")
    #expect(got.codes == [])
    #expect(got.account.dropped == [.noRule: 1])
  }

  @Test(arguments: [("4", true), ("3.5", nil), ("2", false), (#""4""#, nil)])
  func `a score is judged by both limits, each of which counts`(value: String, expected: Bool?) throws {
    let rule = "desirable_from: 4, undesirable_to: 2"
    #expect(try label(of: #","rating":\#(value)"#, "kind: score, \(rule)") == expected)
    #expect(try label(of: #","m":{"stars":\#(value)}"#, "kind: score, field: /m/stars, \(rule)") == expected)
  }

  @Test func `a score between the limits is left out, and no later rule is asked`() throws {
    let got = try label(
      record(#","rating":3,"label":true"#), "kind: score, desirable_from: 4, undesirable_to: 2",
      "kind: thumbs")
    #expect(got.account.dropped == [.betweenScores: 1])
  }

  @Test func `the first rule that takes an example decides, whatever later ones would say`() throws {
    let text = record(#","label":false,"rating":5"#)
    #expect(
      try label(text, "kind: score, desirable_from: 4, undesirable_to: 2", "kind: thumbs").examples[0].label
        == true)
    #expect(
      try label(text, "kind: thumbs", "kind: score, desirable_from: 4, undesirable_to: 2").examples[0].label
        == false)
  }

  @Test func `two thumbs that contradict one another are an error under rules, too`() throws {
    let got = try label(record(#","label":true,"feedback":"down""#), "kind: thumbs")
    #expect(got.codes == ["E16"])
  }

  @Test(arguments: [
    ("majority", "true,true,false", true), ("majority", "true,false", nil),
    ("unanimous", "false,false", false),
    ("unanimous", "true,true,false", nil), ("minimum, minimum: 0.75", "true,true,true,false", true),
    ("minimum, minimum: 0.75", "true,true,false", nil), ("majority", "true,null,null", nil),
    ("majority", "false,false,null", false),
  ])
  func `annotators agree by a majority, a share or all`(agreement: String, votes: String, expected: Bool?)
    throws
  {
    let list = votes.split(separator: ",").map { #"{"by":"x","v":{"ok":\#($0)}}"# }.joined(separator: ",")
    let rule = "kind: annotators, field: votes, verdict: /v/ok, agreement: \(agreement)"
    #expect(try label(of: #","votes":[\#(list)]"#, rule) == expected)
  }

  @Test func `annotators who do not agree are left out and counted`() throws {
    let got = try label(record(#","votes":[1,-1]"#), "kind: annotators, field: votes")
    #expect(got.account.dropped == [.annotatorsDisagree: 1])
  }

  @Test(arguments: [
    (#"[1,1,0,0,0]"#, "0"), (#"[5,5,1,1,1]"#, "5"), (#"["up","up","meh"]"#, #""meh""#),
    (#"[true,{"by":"x"}]"#, #"{"by":"x"}"#), (#"[{"+1":0.5},true]"#, #"{"+1":0.5}"#),
  ])
  func `a verdict that annotators without lists and limits do not tell is an error`(
    votes: String, shown: String
  ) throws {
    let text = record(#","votes":\#(votes),"label":true"#)
    let got = try label(text, "kind: annotators, field: votes", "kind: thumbs")
    #expect(got.codes == ["E01"])
    #expect(got.rejections.map(\.pointer) == ["/votes"])
    #expect(got.rejections.map(\.message) == ["the verdict \(shown) is neither a thumb up nor down"])
    #expect(got.rejections.first?.hint?.contains("desirable_from") == true)
  }

  @Test func `annotators who say nothing are no error, and too few are left to the next rule`() throws {
    #expect(try label(of: #","v":[null,"",1,1]"#, "kind: annotators, field: v") == true)
    #expect(try label(of: #","v":[0],"label":false"#, "kind: annotators, field: v", "kind: thumbs") == false)
    let rating = #","rating":5"#
    let score = "kind: score, desirable_from: 4, undesirable_to: 2"
    #expect(try label(of: rating, "kind: annotators", score) == true)
  }

  @Test func `Argilla's annotators, too, need lists for numbers`() throws {
    let values = [1, 1, 0, 0, 0].map { #"{"value":\#($0)}"# }.joined(separator: ",")
    let text = #"{"fields":{"prompt":"q","response":"r"},"responses":{"label":[\#(values)]}}"#
    #expect(try label(text, "kind: annotators").codes == ["E01"])
    let listed = try label(text, "kind: annotators, desirable: 1, undesirable: 0")
    #expect(listed.examples.map(\.label) == [false])
  }

  @Test func `annotators' words and numbers mean what the rule says`() throws {
    let words = "kind: annotators, field: v, desirable: good, undesirable: bad"
    #expect(try label(of: #","v":["Good","bad","good"]"#, words) == true)
    #expect(try label(of: #","v":["up","up"]"#, words) == nil)
    let stars = "kind: annotators, field: v, desirable_from: 4, undesirable_to: 2"
    #expect(try label(of: #","v":[1,2,5,3]"#, stars) == false)
  }

  @Test func `annotators of Argilla are counted rather than contradicting one another`() throws {
    let text =
      #"{"fields":{"prompt":"q","response":"r"},"responses":{"label":[{"value":"positive"},{"value":"negative"},{"value":"positive"}]}}"#
    #expect(try label(text, "kind: annotators").examples.map(\.label) == [true])
  }

  @Test func `a pair has both labels, and a rank the best and the last`() throws {
    let pair = try label(#"{"prompt":"q","chosen":"a","rejected":"b"}"#, "kind: pair")
    #expect(pair.examples.map(\.label) == [true, false])
    let tree = (0..<3).map {
      #"{"text":"a\#($0)","role":"assistant","rank":\#($0),"message_id":"\#($0)","replies":[]}"#
    }
    let text =
      #"{"message_tree_id":"t","tree_state":"ready","prompt":{"text":"q","role":"prompter","message_id":"p","replies":[\#(tree.joined(separator: ","))]}}"#
    let ranks = try label(text, "kind: rank, desirable_to: 1")
    #expect(ranks.examples.map(\.label) == [true, true, false])
    #expect(
      try label(of: #","place":3"#, "kind: rank, field: place, desirable_to: 1, undesirable_from: 3") == false
    )
  }

  @Test func `each message of a conversation is judged by its own field`() throws {
    let got = try label(
      #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"r","vote":"n"},"#
        + #"{"role":"user","content":"q2"},{"role":"assistant","content":"r2","vote":"y"}]}"#,
      "kind: field, field: vote, desirable: y, undesirable: n")
    #expect(got.examples.map(\.label) == [false, true])
    #expect(got.summary.ignoredFields == [:])
  }

  @Test func `a rule's weight is the example's, and others leave what the record says`() throws {
    let got = try label(
      record(#","label":true,"weight":2"#) + "\n" + record(#","rating":5,"weight":2"#),
      "kind: thumbs, weight: 0.5", "kind: score, desirable_from: 4, undesirable_to: 2")
    #expect(got.examples.map(\.weight) == [0.5, 2])
  }

  @Test func `what rules read stays in the metadata, so that other rules can label anew`() throws {
    let first = try label(
      record(#","rating":3,"meta":{"x":1}"#), "kind: score, desirable_from: 4, undesirable_to: 2")
    #expect(first.examples[0].metadata?.jsonText == #"{"meta":{"x":1},"rating":3}"#)
    let line = String(decoding: first.examples[0].jsonLine(), as: UTF8.self)
    #expect(try label(line, "kind: score, desirable_from: 3, undesirable_to: 2").examples[0].label == true)
    #expect(try label(line, "kind: field, field: /meta/x, undesirable: 1").examples[0].label == false)
  }

  @Test func `the explanation counts each rule and what none takes, with places`() throws {
    let yaml = "rules: [{kind: thumbs}, {kind: score, field: stars, desirable_from: 4, undesirable_to: 2}]"
    let file = try LabelRuleFile(Array(yaml.utf8), path: "rules.yaml")
    let folder = try TemporaryFolder()
    let rows = [#","label":true"#, #","stars":5"#, #","stars":1"#, #","stars":3"#, "", #","label":false"#]
    let path = try folder.write(rows.map { record($0) + "\n" }.joined(), to: "a.jsonl")
    var options = PipelineOptions()
    options.labelRules = file
    let cursor = RowCursor([path], options)
    var explanation = LabelExplanation(file)
    while let event = try cursor.next() { if case .row(let row) = event { explanation.add(row) } }
    #expect(
      explanation.lines.map { $0.replacing(folder.path + "/", with: "") } == [
        "rules of rules.yaml, of which the first that takes an example decides:",
        "1. thumbs                              2  (1 desirable, 1 undesirable)",
        "     a.jsonl:1:1: \"label\" (true) → desirable", "     a.jsonl:6:1: \"label\" (false) → undesirable",
        "2. score of /stars                     3  (1 desirable, 1 undesirable, 1 left out: score between the limits)",
        "     a.jsonl:2:1: \"stars\" (5) → desirable", "     a.jsonl:3:1: \"stars\" (1) → undesirable",
        "     a.jsonl:4:1: \"stars\" (3) → left out: score between the limits",
        "no rule                                1", "     a.jsonl:5:1: nothing that a rule reads",
      ])
    #expect(cursor.account.examples == explanation.rules.map(\.total).reduce(explanation.untaken.total, +))
  }
}
