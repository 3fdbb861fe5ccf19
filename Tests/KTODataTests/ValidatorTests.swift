import KTOCore
import KTOData
import Testing

struct ValidatorTests {
  private func codes(_ example: Example, _ options: ValidationOptions = ValidationOptions()) -> [String] {
    var validator = Validator(options)
    return validator.check(example).map(\.code)
  }

  /// Codes of the findings about a whole set.
  private func setCodes(_ examples: [Example], _ options: ValidationOptions = ValidationOptions()) -> [String]
  {
    var validator = Validator(options)
    for example in examples { _ = validator.check(example) }
    return validator.finish().map(\.code)
  }

  @Test func `a sound example has no findings`() { #expect(codes(example(label: true)).isEmpty) }

  @Test func `a blank completion is E02, one of tool calls is not`() {
    #expect(codes(example(label: true, completion: " \u{FEFF}\n")) == ["E02"])
    var calling = example(label: true, completion: "")
    calling.completion[0].extra = #"{"tool_calls":[{}]}"#
    #expect(codes(calling).isEmpty)
  }

  @Test func `a prompt that the assistant ends is E04`() {
    var wrong = example(label: true)
    wrong.prompt.append(Message(role: "assistant", content: "a"))
    #expect(codes(wrong) == ["E04"])
  }

  @Test func `the same answer under both labels is E07, under one label W10`() {
    var validator = Validator()
    #expect(validator.check(example(label: true)).isEmpty)
    #expect(validator.check(example(label: false, number: 2)).map(\.code) == ["E07"])
    #expect(validator.check(example(label: true, number: 3)).map(\.code) == ["W10"])
    #expect(validator.check(example(label: true, completion: "other", number: 4)).isEmpty)
  }

  @Test func `one class only is E09, none at all too`() {
    #expect(setCodes([example(label: true)]) == ["E09"])
    #expect(setCodes([]) == ["E09"])
  }

  @Test func `class counts that the weights do not fit are W01 with both ranges`() throws {
    let set = (0..<30).map { example(label: $0 < 10, completion: "answer \($0)", number: $0) }
    var validator = Validator()
    for example in set { _ = validator.check(example) }
    let finding = try #require(validator.finish().first { $0.code == "W01" })
    #expect(
      finding.hint?.contains(
        "λ_D in [2.0000, 2.6666] with λ_U = 1, or λ_U in [0.3750, 0.5000] with λ_D = 1") == true)
    #expect(!setCodes(set, ValidationOptions(desirableWeight: 2)).contains("W01"))
  }

  @Test func `lengths that give the label away are W02`() {
    let set = (0..<40).map { number in
      example(
        label: number % 2 == 0,
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
    let set = (0..<60).map { example(label: $0 < 30, completion: "answer \($0)", number: $0) }
    #expect(setCodes(set) == ["W09"])
  }

  @Test func `tokens show long prompts, unstable boundaries, doubled BOS and missing ends`() {
    func tokenized(_ prompt: [UInt32], _ whole: [UInt32]) -> [String] {
      codes(
        example(label: true),
        ValidationOptions(tokenizer: ScriptedTokenizer(prompt: prompt, whole: whole), maxLength: 4))
    }
    #expect(tokenized([1, 5, 6], [1, 5, 6, 7, 2]).isEmpty)
    #expect(tokenized([1, 5, 6, 7], [1, 5, 6, 7, 8, 2]) == ["E03"])
    #expect(tokenized([1, 5, 6], [1, 5, 9, 2]) == ["E05"])
    #expect(tokenized([1, 1, 5], [1, 1, 5, 7, 2]) == ["E06"])
    #expect(tokenized([1, 5], [1, 5, 7]) == ["E06"])
    #expect(tokenized([1, 2], [1, 2]) == ["E02"])
  }

  @Test func `a run counts rows, classes, drops and codes`() throws {
    let file = try ScratchFile(
      Array(
        """
        {"prompt":"a","completion":"good","label":true}
        {"prompt":"b","completion":"bad","label":false}
        {"prompt":"c","completion":"who knows"}
        {"prompt":"d","completion":"","label":true}
        {"prompt":"e","completion":"r <s>","label":"yes"}
        {"prompt":"b","completion":"bad","label":true}
        """.utf8))
    var run = ValidationRun()
    var accepted = 0
    try run.read(path: file.path, name: "rows.jsonl") { event in
      if case .accepted = event { accepted += 1 }
    }
    run.finish { _ in }
    let report = run.report
    #expect(accepted == 2)
    #expect(report.rejected == 3)
    #expect(report.dropped == [.unlabelled: 1])
    #expect(report.counts.mapValues(\.total) == ["E01": 1, "E02": 1, "E07": 1])
    #expect(report.counts["E07"]?.desirable == 1)
    #expect(report.errorCount == 3)
    #expect(report.errorCount(allowing: ["E01", "E02"]) == 1)
    #expect(
      report.text() == """
        rows.jsonl (trl): 6 records, 4 examples, 2 rejected
        6 records: 2 accepted, 3 rejected, 1 dropped
          dropped, no label: 1
        classes: 1 desirable, 1 undesirable
        weights: λ_D in [1.0000, 1.3333] with λ_U = 1, or λ_U in [0.7500, 1.0000] with λ_D = 1
        error E01: 1
        error E02: 1
        error E07: 1 (1 desirable, 0 undesirable, 0 other)
        note: schemas were not found; only the built-in checks ran

        """)
    #expect(
      report.json().jsonText.contains(#""desirable":1,"undesirable":1,"lambda_d":[1.0,1.3333333333333333]"#))
  }
}

/// Gives the same ids for every example; its template ends turns with EOS (2).
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
    return isProbe ? "probe" : addGenerationPrompt ? "prompt" : "whole"
  }

  func encode(rendered text: String) throws -> [UInt32] {
    text == "probe" ? [1, 5, 2] : text == "prompt" ? prompt : whole
  }

  func bytes(of ids: [UInt32]) -> [UInt8] { ids.map { _ in 0x78 } }
}
