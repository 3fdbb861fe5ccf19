import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Splits that go by fields: strata, time, folds.
@Suite struct SplitFieldTests {
  private func row(
    _ number: Int, _ label: Bool, length: Int = 6, prompt: String? = nil, fields: [String: JSONValue] = [:],
    file: String = "f"
  ) -> Example {
    let members = fields.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, JSONNode($0.value)) }
    return Example(
      id: "r\(number)", prompt: [Message(role: "user", content: prompt ?? "question \(number)")],
      completion: [Message(role: "assistant", content: String(repeating: "a", count: length))], label: label,
      group: "g\(prompt ?? String(number))", source: Source(file: file, line: number + 1, byteOffset: 0),
      metadata: .object(JSONObject(members)))
  }

  private func plan(_ rows: [Example], _ options: SplitOptions) throws -> SplitPlan {
    var (records, fields) = (SplitRecords(), RowFields(options))
    for row in rows { try records.append(row, fingerprint(row), keys: fields.keys(of: row)) }
    try fields.check()
    return try SplitPlan(records, options, fields: fields)
  }

  @Test func `a field's values have the same share in every part`() throws {
    let field = try #require(StratifyBy("topic"))
    let rows = (0..<1000).map { number in
      row(
        number, number % 3 == 0,
        fields: ["topic": .string(["maths", "code", "verse", "law"][number % 7 % 4])])
    }
    let options = SplitOptions(ratios: try SplitRatios([80, 20]), stratify: [field])
    let plan = try plan(rows, options)
    for topic in ["maths", "code", "verse", "law"] {
      for label in [true, false] {
        let members = rows.indices.filter {
          rows[$0].label == label && rows[$0].metadata.map { JSONNode($0)["topic"]?.string } == topic
        }
        let measured = members.count { plan.split(ofRow: $0) == 1 }
        #expect(abs(Double(measured) - 0.2 * Double(members.count)) <= 1)
      }
    }
    #expect(plan.report.text.contains("topic: 4 values; no share of one in a part is more than 0."))
    let counts = JSONNode(plan.report.json())["strata"]?["topic"]?["verse"]
    #expect((counts?["train"]?.int ?? 0) + (counts?["validation"]?.int ?? 0) == 285)
  }

  @Test func `long and short answers have the same share in every part`() throws {
    let rows = (0..<400).map { row($0, $0.isMultiple(of: 2), length: $0 + 1) }
    let plan = try plan(
      rows, SplitOptions(ratios: SplitRatios([75, 25]), stratify: [.length]))
    for quarter in 0..<4 {
      // Each label has 12.5 of a quarter.
      let measured = (quarter * 100..<quarter * 100 + 100).count { plan.split(ofRow: $0) == 1 }
      #expect((24...26).contains(measured))
    }
  }

  @Test func `the parts of a split by time follow one another, with groups whole`() throws {
    let field = try #require(RecordField("at"))
    let rows = (0..<100).map { number in
      // Every tenth row belongs to one conversation, whose latest row is the last but nine.
      row(
        number, number.isMultiple(of: 2), prompt: number % 10 == 0 ? "one" : nil,
        fields: ["at": .integer(1_700_000_000 + (number * 37 % 100) * 60)])
    }
    let plan = try plan(
      rows, SplitOptions(ratios: SplitRatios([70, 20, 10]), byTime: field))
    // The conversation of ten rows is whole, so that a part may have some more or less.
    #expect(zip(plan.report.parts.map(\.rows), [70, 20, 10]).allSatisfy { abs($0 - $1) <= 5 })
    let group = rows.indices.filter { $0 % 10 == 0 }
    #expect(Set(group.map { plan.split(ofRow: $0) }).count == 1)
    let single = rows.indices.filter { $0 % 10 != 0 }
    func times(_ part: Int) -> [Int] {
      single.filter { plan.split(ofRow: $0) == part }.map { $0 * 37 % 100 }
    }
    #expect((times(0).max() ?? 0) < (times(1).min() ?? 0))
    #expect((times(1).max() ?? 0) < (times(2).min() ?? 0))
    #expect(plan.report.text.contains("; from 2023-11-14T22:13:20Z to "))
  }

  @Test func `rows of one time are in one part`() throws {
    let field = try #require(RecordField("at"))
    let rows = (0..<20).map {
      row($0, $0.isMultiple(of: 2), fields: ["at": .string($0 < 15 ? "2024-01-01" : "2024-01-02")])
    }
    let plan = try plan(rows, SplitOptions(ratios: SplitRatios([50, 50]), byTime: field))
    #expect(plan.report.parts.map(\.rows) == [15, 5])
  }

  @Test func `what is no time is an error at its place`() throws {
    let field = try #require(RecordField("at"))
    let rows = [
      row(0, true, fields: ["at": .string("2024-02-29")]), row(1, false, fields: ["at": .string("May")]),
    ]
    #expect(throws: SplitError.noTime("May", field: "at", file: "f", line: 2)) {
      try plan(rows, SplitOptions(byTime: field))
    }
  }

  @Test func `rows without a time count as the oldest, and are told`() throws {
    let options = SplitOptions(ratios: try SplitRatios([50, 50]), byTime: RecordField("at"))
    let rows = (0..<10).map { row($0, $0 < 5, fields: $0 % 2 == 0 ? [:] : ["at": .integer($0)]) }
    let plan = try plan(rows, options)
    #expect(rows.indices.filter { plan.split(ofRow: $0) == 0 } == [0, 2, 4, 6, 8])
    var fields = RowFields(options)
    for row in rows { _ = try fields.keys(of: row) }
    #expect(fields.findings.map(\.message) == ["5 examples of 10 have no at"])
  }

  @Test(arguments: [
    ("1970-01-01", 0.0), ("2024-02-29T12:00:00Z", 1_709_208_000),
    ("2024-02-29T14:00:00+02:00", 1_709_208_000),
    ("2024-02-29 07:30:00-0430", 1_709_208_000), ("2024-02-29T12:00:00.25", 1_709_208_000.25),
    ("1709208000", 1_709_208_000), ("1709208000250", 1_709_208_000.25), ("1969-12-31T23:59", -60),
    ("1709208000.5", 1_709_208_000.5), ("1709208000250000", 1_709_208_000.25),
  ])
  func `times are read in UTC`(text: String, seconds: Double) { #expect(timestamp(text) == seconds) }

  @Test(arguments: [
    "", "nan", "inf", "2023-02-29", "2024-13-01", "2024-1-1", "12:00", "yesterday", "2024-01-01T25:00",
    "2024-01-01x",
    "0x10", "2024-01-01T10:00:00+99:00",
  ])
  func `what is no time is not read`(text: String) { #expect(timestamp(text) == nil) }

  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00Z"), (1_709_208_000.9, "2024-02-29T12:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
  ])
  func `times are written in UTC`(seconds: Double, text: String) { #expect(timestampText(seconds) == text) }

  @Test func `each row measures in exactly one fold, with all of its prompt`() throws {
    var records = SplitRecords()
    let rows = (0..<200).map { row($0, $0 % 4 == 0, prompt: "p\($0 / 2)") }
    for row in rows { try records.append(row, fingerprint(row)) }
    let folds = try SplitPlan.folds(of: records, SplitOptions(), count: 5)
    for fold in 0..<UInt8(5) {
      let members = rows.indices.filter { folds[$0] == fold }
      #expect(members.count == 40)
      #expect(members.count { rows[$0].label == true } == 10)
    }
    #expect(stride(from: 0, to: 200, by: 2).allSatisfy { folds[$0] == folds[$0 + 1] })
    #expect(throws: SplitError.badFolds(1)) { try SplitPlan.folds(of: records, SplitOptions(), count: 1) }
  }

  @Test func `folds are folders whose validation parts make all rows`() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<30).flatMap { row($0, $0 % 2 == 0).jsonLine() }
    try writeFile(folder.path("all.jsonl"), lines, force: true)
    var pipeline = PipelineOptions(format: "examples")
    pipeline.encodesExamples = true
    let cursor = RowCursor([folder.path("all.jsonl")], pipeline)
    var run = try SplitRun(SplitOptions(), scratchFolder: folder.path)
    while let event = try cursor.next() { if case .row(let row) = event { try run.append(row) } }
    let reports = try run.write(folds: 3, to: folder.path("cv"), as: ExamplesExport.self, force: false)
    #expect(reports.map { $0.parts.map(\.rows) } == [[20, 10], [20, 10], [20, 10]])
    #expect(reports.allSatisfy { $0.leaks.isEmpty })
    var measured: [String] = []
    for fold in 1...3 {
      let text = try readFile(folder.path("cv/fold-\(fold)/validation.jsonl"))
      measured += String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
      let parts = try #require(try PartFiles.split(in: [folder.path("cv/fold-\(fold)")]))
      #expect(parts.parts.map(\.name) == ["train", "validation"])
    }
    #expect(measured.count == 30)
    #expect(Set(measured).count == 30)
  }
}
