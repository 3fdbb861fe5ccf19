import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

struct StatisticsTests {
  /// Statistics of made rows whose texts, labels and groups follow from their numbers.
  private func statistics(_ numbers: Range<Int>) -> DataStatistics {
    var statistics = DataStatistics()
    for number in numbers {
      let prompt = "question \(number % 700)"
      var row = example(
        .score(1, isAccepted: number % 5 == 0), label: number % 3 == 0 ? nil : number % 2 == 0,
        prompt: prompt,
        completion: String(repeating: number % 7 == 0 ? "ж" : "ab ", count: 1 + number % 500), number: number)
      row.source.file = "file \(number % 3)"
      row.metadata = .members(["annotator": .string("a\(number % 20)"), "other": .integer(number)])
      statistics.add(CountedRow(row, fingerprint(row)))
    }
    return statistics
  }

  private func reread(_ statistics: DataStatistics) throws -> DataStatistics {
    var parser = JSONParser()
    return try DataStatistics(json: parser.parse(statistics.json.jsonText.utf8))
  }

  @Test func `merging what two parts' JSON holds gives the statistics of both together`() throws {
    var sum = try reread(statistics(0..<900))
    try sum.merge(reread(statistics(900..<2000)), of: "others")
    #expect(sum.json.jsonText == statistics(0..<2000).json.jsonText)
    #expect(sum.text == statistics(0..<2000).text)
  }

  @Test func `JSON is read back as it was written`() throws {
    #expect(try reread(statistics(0..<100)).json == statistics(0..<100).json)
  }

  /// A row with a number of tokens in its prompt and completion, or without.
  private func row(_ prompt: String, _ completion: String, tokens: Int? = nil) -> CountedRow {
    let row = example(label: true, prompt: prompt, completion: completion)
    return CountedRow(row, fingerprint(row), tokenCounts: tokens.map { ($0, $0) })
  }

  @Test func `a row that comes again is no other answer to its prompt, in any part`() throws {
    var parts = [DataStatistics(), DataStatistics()]
    for (part, prompt, completion) in [
      (0, "a", "x"), (0, "a", "x"), (1, "a", "x"), (0, "b", "x"), (1, "B", "y"), (1, "c", "x"), (1, "c", "y"),
    ] { parts[part].add(row(prompt, completion)) }
    var sum = try reread(parts[0])
    try sum.merge(reread(parts[1]), of: "others")
    #expect(sum.member(RepetitionStatistic.self)?.prompts.distinct() == 3)
    #expect(sum.member(RepetitionStatistic.self)?.prompts.distinctWithVariants == 2)
  }

  private struct Named: ConversationTokenizer {
    var tokenizerHash: String
    var templateHash: String? = nil
    var bosID: UInt32? { nil }
    var eosID: UInt32? { nil }
    func render(messages: JSONValue, tools: JSONValue?, addGenerationPrompt: Bool) -> String { "" }
    func encode(rendered text: String) -> [UInt32] { [] }
    func bytes(of ids: [UInt32]) -> [UInt8] { [] }
  }

  @Test func `tokens of different tokenizers are not added`() throws {
    var (first, second) = (DataStatistics(), DataStatistics())
    try first.countTokens(with: TokenizerIdentity(model: "one", Named(tokenizerHash: "1")), of: "a")
    try second.countTokens(with: TokenizerIdentity(model: "two", Named(tokenizerHash: "2")), of: "b")
    let other = try reread(second)
    var sum = try reread(first)
    #expect(throws: StatisticsError.otherTokenizer(of: "b.json", model: "two", known: "one")) {
      try sum.merge(other, of: "b.json")
    }
    try sum.merge(reread(first), of: "a.json")
    try sum.merge(DataStatistics(), of: "none.json")
  }

  @Test func `it is said where tokens are those of some examples alone`() throws {
    var statistics = DataStatistics()
    statistics.add(row("a", "x", tokens: 3))
    #expect(!statistics.text.contains("tokens are those"))
    statistics.add(row("b", "y"))
    #expect(statistics.text.contains("tokens are those of 1 of the 2 examples"))
  }

  @Test func `no line has more than 80 columns`() {
    #expect(statistics(0..<2000).text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func `what is no such JSON is refused`() throws {
    var parser = JSONParser()
    for text in ["{}", #"{"version":1,"classes":{}}"#] {
      let node = try parser.parse(text.utf8)
      #expect(throws: StatisticsError.self) { try DataStatistics(json: node) }
    }
  }

  @Test func `quantiles are off by 3 percent at most`() {
    var histogram = Histogram()
    for size in 1...10_000 { histogram.add(size) }
    for share in [0.01, 0.05, 0.5, 0.95, 0.99] {
      #expect(abs(Double(histogram.quantile(share)) / (share * 10_000) - 1) <= 0.03)
    }
    #expect((histogram.least, histogram.greatest) == (1, 10_000))
    #expect(histogram.mean == 5000.5)
  }

  @Test func `sizes are counted in the range they are in`() {
    var histogram = Histogram()
    for size in [0, 1, 63, 64, 127, 128, 5000] { histogram.add(size) }
    #expect(histogram.counts(from: [0, 1, 64, 128]) == [1, 2, 2, 2])
  }

  @Test func `up to its limit a sample of keys is exact`() {
    var sample = DistinctSample()
    for key in UInt64(0)..<10_000 {
      sample.add(key, true)
      if key % 10 == 0 { sample.add(key, false) }
    }
    #expect(sample.isExact)
    #expect(sample.distinct() == 10_000)
    #expect(sample.distinct { $0.undesirable > 0 } == 1000)
  }

  @Test func `beyond it numbers are estimates, also of merged samples`() {
    var (first, second) = (DistinctSample(), DistinctSample())
    for key in UInt64(0)..<60_000 { first.add(key, true) }
    for key in UInt64(40_000)..<100_000 { second.add(key, false) }
    #expect(abs(Double(first.distinct()) / 60_000 - 1) < 0.03)
    first.merge(second)
    #expect(!first.isExact)
    #expect(abs(Double(first.distinct()) / 100_000 - 1) < 0.03)
    #expect(abs(Double(first.distinct { $0.total > 1 }) / 20_000 - 1) < 0.06)
  }

  @Test(arguments: [
    ("Hello, мир", "Latin"), ("Привет", "Cyrillic"), ("東京タワー", "Japanese kana"), ("北京", "Chinese characters"),
    ("12 + 3", "none"), ("שלום", "Hebrew"),
  ])
  func `a script is that of most letters`(text: String, script: String) {
    #expect(ScriptStatistic.script(of: [Message(role: "assistant", content: text)]) == script)
  }

  @Test func `lengths count characters, not bytes`() {
    #expect(characterCount([Message(role: "user", content: "жж"), Message(role: "user", content: "👍")]) == 3)
  }

  @Test func `every kind of statistics has a name of its own and a title`() {
    #expect(Set(rowStatistics.map { $0.name }).count == rowStatistics.count)
    #expect(rowStatistics.allSatisfy { !$0.title.isEmpty })
  }
}
