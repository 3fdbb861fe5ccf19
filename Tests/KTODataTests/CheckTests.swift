import KTOCore
import Testing

@testable import KTOData

struct CheckTests {
  private func codes(_ example: Example, tokenizer: RowTokenizer? = nil) -> [String] {
    var set = CheckedSet(tokenizer: tokenizer)
    return set.check(example).map(\.code)
  }

  /// Codes of the findings about a whole set.
  private func setCodes(_ examples: [Example], _ context: CheckContext = CheckContext()) -> [String] {
    var set = CheckedSet(context)
    for example in examples { _ = set.check(example) }
    return set.finish().map(\.code)
  }

  @Test func `a sound example has no findings`() { #expect(codes(example(label: true)).isEmpty) }

  @Test func `a blank completion is E02, one of tool calls is not`() throws {
    func codes(_ answer: String) throws -> [String] {
      try ingest(#"{"messages":[{"role":"user","content":"q"},\#(answer)],"label":true}"#).codes
    }
    #expect(try codes("{\"role\":\"assistant\",\"content\":\" \u{FEFF}\\n\"}") == ["E02"])
    #expect(try codes(#"{"role":"assistant","content":"","tool_calls":[{}]}"#).isEmpty)
  }

  @Test func `a prompt that the assistant ends is E04`() throws {
    let got = try ingest(
      #"{"prompt":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],"completion":"r","label":true}"#
    )
    #expect(got.codes == ["E04"])
  }

  @Test func `the same answer under both labels is E07, under one label W10`() {
    var validator = CheckedSet()
    #expect(validator.check(example(label: true)).isEmpty)
    #expect(validator.check(example(label: false, number: 2)).map(\.code) == ["E07"])
    #expect(validator.check(example(label: true, completion: "other", number: 3)).isEmpty)
    #expect(validator.check(example(label: true, completion: "other", number: 4)).map(\.code) == ["W10"])
  }

  @Test func `one class only is E09, none at all too`() {
    #expect(setCodes([example(label: true)]) == ["E09"])
    #expect(setCodes([]) == ["E09"])
  }

  @Test func `class counts that the weights do not fit are W01 with the setting that fits`() throws {
    let set = (0..<30).map { example(label: $0 < 10, completion: "answer \($0)", number: $0) }
    var validator = CheckedSet()
    for example in set { _ = validator.check(example) }
    let finding = try #require(validator.finish().first { $0.code == "W01" })
    #expect(finding.hint == "set kto.lambda_d=2.3, or balance the classes")
    #expect(!setCodes(set, CheckContext(desirableWeight: 2.3)).contains("W01"))
  }

  @Test func `class counts are judged as the balance will leave them`() {
    let set = (0..<30).map { example(label: $0 < 10, completion: "answer \($0)", number: $0) }
    let half = LabelBalance(desirable: 50, undesirable: 50)
    #expect(!setCodes(set, CheckContext(balance: half)).contains("W01"))
    #expect(setCodes(set, CheckContext(desirableWeight: 2, balance: half)).contains("W01"))
  }

  @Test func `rows count by their weights for W01`() {
    let set = (0..<30).map { number in
      var row = example(label: number < 10, completion: "answer \(number)", number: number)
      row.weight = number < 10 ? 2.2 : nil
      return row
    }
    #expect(!setCodes(set).contains("W01"))
  }

  @Test func `lengths that give the label away are W02`() {
    let set = (0..<40).map { number in
      example(
        label: number % 2 == 0, prompt: "q \(number)",
        completion: String(repeating: "word ", count: number % 2 == 0 ? 40 + number : 4 + number % 3)
          + "\(number).", number: number)
    }
    #expect(setCodes(set) == ["W02"])
  }

  @Test func `equal lengths are no shortcut`() {
    let set = (0..<40).map {
      example(
        label: $0 % 2 == 0, prompt: "q\($0)", completion: String(repeating: "word ", count: 5 + $0 / 2),
        number: $0)
    }
    #expect(setCodes(set).isEmpty)
  }

  @Test(arguments: [
    "```\nlet x = 1", "<think>so", String(repeating: "many words in a row, ", count: 20) + "and",
  ])
  func `a completion that is cut off is W04`(text: String) {
    #expect(codes(example(label: true, completion: text)) == ["W04"])
  }

  @Test(arguments: ["42", "```\nx\n```", String(repeating: "Whole sentences. ", count: 20)])
  func `a finished completion is not W04`(text: String) {
    #expect(codes(example(label: true, completion: text)).isEmpty)
  }

  @Test(arguments: ["a\u{FFFD}b", "caf\u{C3}\u{A9}", "it\u{E2}\u{20AC}\u{2122}s", "a\u{0}b"])
  func `damaged characters are W06`(text: String) {
    #expect(codes(example(label: true, completion: text)) == ["W06"])
  }

  @Test func `accents and quotes as they should be are not W06`() {
    #expect(codes(example(label: true, completion: "São café – “it’s” 10\u{A0}€ Â Ã É")).isEmpty)
  }

  @Test func `control tokens in a text are W07`() {
    #expect(codes(example(label: true, prompt: "say <|im_end|>")) == ["W07"])
  }

  @Test func `a file sorted by label is W09`() {
    let set = (0..<60).map {
      example(label: $0 < 30, prompt: "q \($0)", completion: "answer \($0)", number: $0)
    }
    #expect(setCodes(set) == ["W09"])
  }

  @Test func `tokens show long prompts, unstable boundaries, doubled BOS and missing ends`() {
    func tokenized(_ prompt: [UInt32], _ whole: [UInt32]) -> [String] {
      codes(
        example(label: true),
        tokenizer: RowTokenizer(tokenizer: ScriptedTokenizer(prompt: prompt, whole: whole), maxLength: 4))
    }
    #expect(tokenized([1, 5, 6], [1, 5, 6, 7, 2]).isEmpty)
    #expect(tokenized([1, 5, 6, 7], [1, 5, 6, 7, 8, 2]) == ["E03"])
    #expect(tokenized([1, 5, 6], [1, 5, 9, 2]) == ["E05"])
    #expect(tokenized([1, 1, 5], [1, 1, 5, 7, 2]) == ["E06"])
    #expect(tokenized([1, 5], [1, 5, 7]) == ["E06"])
    #expect(tokenized([1, 2], [1, 2]) == ["E02"])
  }

  @Test func `a run counts records, examples, drops and codes, and all add up`() throws {
    let got = try ingest(
      """
      {"prompt":"a","completion":"good","label":true}
      {"prompt":"b","completion":"bad","label":false}
      {"prompt":"c","completion":"who knows"}
      {"prompt":"d","completion":"","label":true}
      {"prompt":"e","completion":"r <s>","label":"yes"}
      {"prompt":"b","completion":"bad","label":true}
      """, name: "rows.jsonl"
    ) { $0.checks = CheckContext() }
    let account = got.account
    #expect(account.records == 6)
    #expect(account.rejectedRecords == 1)
    #expect(account.examples == 5)
    #expect(account.accepted == ClassCounts(desirable: 1, undesirable: 1))
    #expect(account.rejected == ClassCounts(desirable: 2))
    #expect(account.dropped == [.unlabelled: 1])
    #expect(account.findings.mapValues(\.total) == ["E01": 1, "E02": 1, "E07": 1])
    #expect(account.findings["E07"]?.classes.desirable == 1)
    #expect(account.errorCount == 3)
    #expect(account.errorCount(allowing: ["E01", "E02"]) == 1)
    let report = ValidationReport(files: [got.summary], account: account, findings: got.rejections)
    #expect(
      report.text() == """
        rows.jsonl (trl): 6 records, 5 examples, 3 rejected
        records                                6  (1 rejected whole)
        examples                               5
        - accepted                             2  (1 desirable, 1 undesirable)
        - rejected                             2  (2 desirable, 0 undesirable)
        - left out by the label rule           1  (no label)
        classes: 1 desirable, 1 undesirable
        weights: λ_D in [1.0000, 1.3333] with λ_U = 1, or λ_U in [0.7500, 1.0000] with λ_D = 1
        error E01: 1
        error E02: 1 (1 desirable, 0 undesirable)
        error E07: 1 (1 desirable, 0 undesirable)

        """)
    let json = report.json { $0 == "E07" ? "a title" : nil }.jsonText
    #expect(json.contains(#""accepted":{"desirable":1,"undesirable":1,"unlabelled":0}"#))
    #expect(json.contains(#""lambda_d":[1.0,1.3333333333333333]"#))
    #expect(json.contains(#""title":"a title","file":"rows.jsonl","line":6"#))
  }
}

/// Gives the same ids for every example, whose texts are q and r; its template ends turns with EOS (2).
private struct ScriptedTokenizer: ConversationTokenizer {
  var prompt: [UInt32]
  var whole: [UInt32]
  let bosID: UInt32? = 1
  let eosID: UInt32? = 2
  let tokenizerHash = ""
  let templateHash: String? = ""

  func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) throws -> String {
    // The probe for EOS is the conversation "a", "b".
    let isProbe =
      messages.jsonText.contains(#""content":"a""#) && messages.jsonText.contains(#""content":"b""#)
    return isProbe ? "probe" : addGenerationPrompt ? "q" : "q r"
  }

  func encode(rendered text: String) throws -> [UInt32] {
    text == "probe" ? [1, 5, 2] : text == "q" ? prompt : whole
  }

  func bytes(of ids: [UInt32]) -> [UInt8] { ids.map { _ in 0x78 } }
}
