import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct DedupTests {
  /// Twenty words, so that one other word leaves a Jaccard index of 15 / 21.
  private let text =
    "the quick brown fox jumps over a lazy dog while seven big wizards mix up jade boxes of fine quartz"

  /// Rows of prompt and completion with a label, one a line.
  private func rows(_ rows: [(String, String, Bool)]) -> String {
    rows.map { prompt, completion, label in
      JSONValue.members([
        "prompt": .string(prompt), "completion": .string(completion), "label": .bool(label),
      ]).jsonText
    }.joined(separator: "\n")
  }

  private struct Outcome {
    var kept: [Int] = []
    var matches: [DedupMatch] = []
    var report = DedupReport()
  }

  /// What is found in one text, after those of an older set.
  private func dedup(
    _ text: String, after older: String? = nil, _ change: (inout DedupOptions) -> Void = { _ in }
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    var options = DedupOptions()
    change(&options)
    var run = try DedupRun(options, scratchFolder: folder.path)
    for (text, name, isOlder) in [(older, "older.jsonl", true), (text, "new.jsonl", false)] {
      guard let text else { continue }
      var pipeline = PipelineOptions(jobs: options.jobs)
      pipeline.dedup = options
      pipeline.encodesExamples = true
      let cursor = RowCursor([try folder.write(Array(text.utf8), to: name)], pipeline)
      while let event = try cursor.next() {
        if case .row(let row) = event, row.state == .accepted { try run.append(row, isOlder: isOlder) }
      }
    }
    try run.search()
    var outcome = Outcome()
    var parser = JSONParser()
    try run.forEachKept { outcome.kept.append(try parser.parse($0)["source"]?["line"]?.int ?? 0) }
    try run.forEachMatch { outcome.matches.append($0) }
    outcome.report = run.report
    return outcome
  }

  @Test func `of the same rows the first is kept`() throws {
    let got = try dedup(rows([("a", "x", true), ("b", "y", true), ("a", "x", true), ("a", "x", true)]))
    #expect(got.kept == [1, 2])
    #expect(got.matches.map(\.kind) == [.exact, .exact])
    #expect(got.matches.map(\.row.line) == [3, 4])
    #expect(got.matches.map(\.kept.line) == [1, 1])
  }

  @Test(arguments: [
    "The  quick\tbrown\n fox", "THE QUICK BROWN FOX", " the quick brown fox ", "Ｔｈｅ quick brown fox",
    "the\u{A0}quick brown f\u{AD}ox",
  ])
  func `white space, case, width and what is invisible make no other text`(variant: String) throws {
    let got = try dedup(rows([("The quick brown fox", "x", true), (variant, "x", true)])) {
      $0.level = .normalized
    }
    #expect(got.matches.map(\.kind) == [.normalized])
  }

  @Test func `quotation marks and dashes count as the plain ones`() throws {
    let got = try dedup(rows([("“a” – ‘b’", "x", true), (#""a" - 'b'"#, "x", true)])) {
      $0.level = .normalized
    }
    #expect(got.matches.map(\.kind) == [.normalized])
  }

  @Test func `other marks make another text`() throws {
    let got = try dedup(rows([("2 + 2", "x", true), ("2 - 2", "x", true)])) { $0.level = .normalized }
    #expect(got.matches == [])
  }

  @Test func `exact duplicates have the same bytes`() throws {
    let got = try dedup(rows([("a", "x", true), ("A", "x", true)])) { $0.level = .exact }
    #expect(got.matches == [])
  }

  @Test func `a near duplicate has its index and its estimate`() throws {
    let near = text.replacing("seven", with: "several")
    let got = try dedup(rows([(text, text, true), (text, near, true)])) { $0.threshold = 0.7 }
    let match = try #require(got.matches.first)
    #expect(match.kind == .near)
    #expect(match.jaccard == 15.0 / 21)
    #expect(abs((match.estimate ?? 0) - 15.0 / 21) < 0.2)
  }

  @Test func `below the threshold nothing is matched`() throws {
    let near = text.replacing("seven", with: "several")
    let got = try dedup(rows([(text, text, true), (text, near, true)])) { $0.threshold = 0.72 }
    #expect(got.matches == [])
  }

  @Test(arguments: [
    ("if x > 0: return x", "if x < 0: return x"), ("Compute -5 + 3", "Compute 5 + 3"), ("a += b", "a -= b"),
    ("3.14", "3,14"), ("What is 2+2?", "What is 2-2?"),
  ])
  func `texts that differ in a sign are no near duplicates`(one: String, other: String) throws {
    #expect(try dedup(rows([(one, "x", true), (other, "x", false)])).matches == [])
  }

  @Test func `the answers to one long prompt are no duplicates`() throws {
    let got = try dedup(rows([(text, "yes", true), (text, "no", false)])) { $0.threshold = 0.5 }
    #expect(got.matches == [])
  }

  @Test func `a system message makes no rows alike`() throws {
    let long = (0..<200).map { "word\($0)" }.joined(separator: " ")
    let lines = ["what is red", "what is blue"].map { question in
      #"{"prompt": [{"role": "system", "content": "\#(long)"}, {"role": "user", "content": "\#(question)"}], "#
        + #""completion": [{"role": "assistant", "content": "a colour"}], "label": true}"#
    }
    #expect(try dedup(lines.joined(separator: "\n")).matches == [])
  }

  /// A row whose answer is a call, with definitions of tools where they are given.
  private func call(_ name: String, _ arguments: String, id: String = "1", tools: String? = nil) -> String {
    #"{"prompt": [{"role": "user", "content": "How is the weather?"}], "#
      + #""completion": [{"role": "assistant", "content": "", "tool_calls": [{"id": "\#(id)", "type": "function", "#
      + #""function": {"name": "\#(name)", "arguments": \#(arguments)}}]}], "label": true"#
      + (tools.map { #", "tools": [{"type": "function", "function": {"name": "\#($0)"}}]"# } ?? "") + "}"
  }

  @Test(arguments: [("delete_all", "{}"), ("get_weather", #"{"city": "Rome"}"#)])
  func `answers that call another tool, or with other arguments, are no duplicates`(
    name: String, arguments: String
  ) throws {
    let lines = [call("get_weather", #"{"city": "Bonn"}"#), call(name, arguments)]
    #expect(try dedup(lines.joined(separator: "\n")).matches == [])
  }

  @Test func `ids of calls, and how their arguments are written, make no other answer`() throws {
    let lines = [
      call("get_weather", #"{"city": "Bonn"}"#),
      call("get_weather", #""{\"city\":  \"Bonn\"}""#, id: "2"),
    ]
    #expect(try dedup(lines.joined(separator: "\n")).matches.map(\.jaccard) == [1])
  }

  @Test(arguments: DuplicateKind.allCases)
  func `prompts with other tools are no duplicates`(level: DuplicateKind) throws {
    let lines = ["a", "b", "a"].map { call("get_weather", "{}", tools: $0) }
    let got = try dedup(lines.joined(separator: "\n")) { $0.level = level }
    #expect(got.matches.map(\.row.line) == [3])
    #expect(got.matches.map(\.kept.line) == [1])
  }

  @Test func `completions alone are compared whatever the tools`() throws {
    let lines = ["a", "b"].map { call("get_weather", "{}", tools: $0) }
    #expect(try dedup(lines.joined(separator: "\n")) { $0.of = .completion }.kept == [1])
  }

  @Test func `by prompt one example of each is left`() throws {
    let got = try dedup(rows([("a", "x", true), ("A", "y", false), ("b", "y", false)])) { $0.of = .prompt }
    #expect(got.kept == [1, 3])
  }

  @Test func `what an older set has is left out, and nothing of it is written`() throws {
    let got = try dedup(
      rows([("b", "y", true), ("a", "x", true)]), after: rows([("a", "x", true), ("a", "x", true)]))
    #expect(got.kept == [1])
    #expect(got.matches.map(\.isOlder) == [true])
    #expect(got.matches.map(\.kept.line) == [1])
  }

  @Test func `duplicates with the other label are counted`() throws {
    let got = try dedup(rows([("a", "x", true), ("A", "x", false)]))
    #expect(got.report.contradictions == 1)
    #expect(got.matches.map(\.labelsDiffer) == [true])
    let lines = got.report.lines(DedupOptions(), hasOlder: false).joined(separator: "\n")
    #expect(lines.contains("one of the two labels is wrong"))
  }

  @Test func `near duplicates with the other label are to be looked at, and not called wrong`() throws {
    let near = text.replacing("seven", with: "several")
    let got = try dedup(rows([(text, text, true), (text, near, false)])) { $0.threshold = 0.7 }
    #expect(got.matches.map(\.labelsDiffer) == [true])
    #expect((got.report.contradictions, got.report.nearWithOtherLabel) == (0, 1))
    let lines = got.report.lines(DedupOptions(), hasOlder: false).joined(separator: "\n")
    #expect(!lines.contains("wrong"))
  }

  @Test func `a row that is alike to a duplicate is of its set, which is said`() throws {
    // Each text is like the next, and the first not like the last.
    let words = (0..<60).map { "word\($0)" }
    let texts = [0, 4, 8].map { words[$0..<($0 + 50)].joined(separator: " ") }
    let got = try dedup(rows(texts.enumerated().map { ("a", $1, $0 < 2) }))
    #expect(got.kept == [1])
    let last = try #require(got.matches.last)
    #expect(last.jaccard == 40.0 / 56)
    #expect(last.through?.row.line == 2)
    #expect(last.through?.jaccard == 44.0 / 52)
    // Its label is no matter of the kept row.
    #expect(last.labelsDiffer == nil)
    #expect(got.report.nearWithOtherLabel == 0)
  }

  @Test func `the number of threads changes nothing`() throws {
    var generator = SeededGenerator(seed: 5)
    var made: [(String, String, Bool)] = []
    for _ in 0..<600 {
      if made.count > 20, generator.next(below: 2) == 0 {
        var row = made[generator.next(below: made.count)]
        row.1 += " word\(generator.next(below: 50))"
        made.append(row)
      } else {
        let words = (0..<30).map { _ in "word\(generator.next(below: 400))" }
        made.append((words[0..<10].joined(separator: " "), words[10...].joined(separator: " "), true))
      }
    }
    let outcomes = try [1, 4].map { jobs in try dedup(rows(made)) { $0.jobs = jobs } }
    #expect(outcomes[0].kept == outcomes[1].kept)
    // The two lie in folders of their own.
    let matches = outcomes.map { $0.matches.map { [Double($0.row.line), Double($0.kept.line), $0.jaccard] } }
    #expect(matches[0] == matches[1])
    #expect(outcomes[0].matches.contains { $0.kind == .near })
  }

  @Test func `more rows meet than are compared, and all are joined with the first`() throws {
    let got = try dedup(rows((0..<200).map { (text, text + " tail\($0)", true) }))
    #expect(got.kept == [1])
    #expect(got.report.kept.total == 1)
  }

  @Test func `the S-curve gives the recall of bands`() {
    var options = DedupOptions()
    (options.bands, options.rowsPerBand) = (20, 5)
    // The table of Mining of Massive Datasets, chapter 3.4.2.
    for (jaccard, chance) in [(0.2, 0.006), (0.4, 0.186), (0.6, 0.802), (0.8, 0.9996)] {
      #expect(abs(options.recall(at: jaccard) - chance) < 0.0006)
    }
  }

  @Test(arguments: [
    ("Don't stop—now!", ["don", "t", "stop", "now"]), ("東京 タワー2", ["東", "京", "タ", "ワー2"]),
    ("Ünï 12,5", ["ünï", "12", "5"]), ("👍 !?", []),
  ])
  func `words are letters, marks and numbers`(text: String, words: [String]) {
    var reader = TextReader()
    reader.add(text)
    let got = reader.wordStarts.indices.map { index in
      String(decoding: reader.words[reader.wordBytes(index..<(index + 1))], as: UTF8.self)
    }
    #expect(got == words)
  }

  @Test func `with symbols, runs of them are words, too`() {
    var reader = TextReader(keepsSymbols: true)
    reader.add("if x<=-3.14: “a”+ =東—")
    #expect(String(decoding: reader.words, as: UTF8.self) == "if x <=- 3 . 14 : \" a \"+ = 東 -")
  }
}
