import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct SplitTests {
  private func row(
    _ number: Int, _ label: Bool, prompt: String? = nil, group: String? = nil, weight: Double? = nil
  ) -> Example {
    Example(
      id: "r\(number)", prompt: [Message(role: "user", content: prompt ?? "question \(number)")],
      completion: [Message(role: "assistant", content: "answer \(number)")], label: label,
      group: group ?? "g\(prompt ?? String(number))", weight: weight,
      source: Source(file: "f", line: number + 1, byteOffset: 0))
  }

  private func plan(_ rows: [Example], _ options: SplitOptions) throws -> SplitPlan {
    var records = SplitRecords()
    for row in rows { try records.append(row, fingerprint(row)) }
    return try SplitPlan(records, options)
  }

  private func placed(_ rows: [Example], _ plan: SplitPlan) -> [String: Int?] {
    Dictionary(uniqueKeysWithValues: rows.indices.map { (rows[$0].id, plan.split(ofRow: $0)) })
  }

  @Test func `a hundred balanced rows that all train stay whole`() throws {
    let rows = (0..<100).map { row($0, $0 < 50) }
    let plan = try plan(rows, SplitOptions(balance: LabelBalance(desirable: 50, undesirable: 50)))
    #expect(plan.report.parts.map(\.rows) == [100])
    #expect(plan.report.dropped.total == 0)
  }

  @Test func `single rows meet the shares and the labels exactly`() throws {
    let rows = (0..<1000).map { row($0, $0.isMultiple(of: 5)) }
    let plan = try plan(rows, SplitOptions(ratios: SplitRatios([80, 10, 10])))
    #expect(plan.report.parts.map(\.desirable) == [160, 20, 20])
    #expect(plan.report.parts.map(\.undesirable) == [640, 80, 80])
  }

  @Test func `rows of one prompt or one group never part`() throws {
    let rows = (0..<300).map { number in
      // Prompts repeat by threes; group ids tie some of those together again.
      row(
        number, number % 2 == 0, prompt: "p\(number / 3)",
        group: number % 7 == 0 ? "shared" : "g\(number / 3)")
    }
    for seed in UInt64(0)..<5 {
      let plan = try plan(rows, SplitOptions(ratios: SplitRatios([70, 30]), seed: seed))
      for key in [\Example.prompt[0].content, \Example.group] {
        let places = Dictionary(grouping: rows.indices, by: { rows[$0][keyPath: key] })
        #expect(places.values.allSatisfy { Set($0.map { plan.split(ofRow: $0) }).count == 1 })
      }
      #expect(plan.report.kept.total == 300)
    }
  }

  @Test func `large groups leave the shares as near as they allow`() throws {
    var rows: [Example] = []
    for group in 0..<60 {
      for _ in 0..<(1 + group % 9) { rows.append(row(rows.count, rows.count % 2 == 0, prompt: "p\(group)")) }
    }
    let report = try plan(rows, SplitOptions(ratios: SplitRatios([90, 10]))).report
    let share = Double(report.parts[1].rows) / Double(rows.count)
    #expect(abs(share - 0.1) < 0.01)
  }

  @Test func `the order of the rows changes nothing`() throws {
    let rows = (0..<200).map { row($0, $0 % 3 == 0, prompt: "p\($0 / 2)") }
    let options = SplitOptions(
      ratios: try SplitRatios([80, 20]), balance: LabelBalance(desirable: 50, undesirable: 50))
    var generator = SeededGenerator(seed: 9)
    let shuffled = rows.shuffled(by: &generator)
    #expect(placed(rows, try plan(rows, options)) == placed(shuffled, try plan(shuffled, options)))
  }

  @Test func `another seed gives another split`() throws {
    let rows = (0..<200).map { row($0, $0 % 2 == 0) }
    let first = try plan(rows, SplitOptions(ratios: SplitRatios([50, 50]), seed: 1))
    let second = try plan(rows, SplitOptions(ratios: SplitRatios([50, 50]), seed: 2))
    #expect(placed(rows, first) != placed(rows, second))
  }

  @Test func `downsampling reaches the ratio in each split and leaves out the majority only`() throws {
    let rows = (0..<500).map { row($0, $0 % 5 == 0) }
    let report = try plan(
      rows,
      SplitOptions(ratios: SplitRatios([90, 10]), balance: LabelBalance(desirable: 40, undesirable: 60))
    ).report
    #expect(report.parts.map(\.desirable) == [90, 10])
    #expect(report.parts.map(\.undesirable) == [135, 15])
    #expect(report.parts.map(\.droppedDesirable) == [0, 0])
    #expect(report.read == ClassCounts(desirable: 100, undesirable: 400))
    #expect(report.kept.undesirable + report.dropped.undesirable == 400)
  }

  @Test func `weights reach the ratio and keep every row and the mean`() throws {
    let rows = (0..<100).map { row($0, $0 < 20, weight: $0 == 0 ? 3 : nil) }
    let plan = try plan(
      rows, SplitOptions(balance: LabelBalance(desirable: 50, undesirable: 50), strategy: .weight))
    #expect(plan.report.kept.total == 100)
    #expect(plan.hasWeights)
    let weights = rows.map { plan.weight($0.weight, label: $0.label ?? false, split: 0) ?? 0 }
    let desirable = weights[..<20].reduce(0, +)
    let undesirable = weights[20...].reduce(0, +)
    #expect(abs(desirable - undesirable) < 1e-9)
    #expect(abs(desirable + undesirable - 102) < 1e-9)
  }

  @Test func `a small split gets both labels where that can be`() throws {
    let rows = (0..<10).map { row($0, $0 < 5) }
    for seed in UInt64(0)..<10 {
      let report = try plan(rows, SplitOptions(ratios: SplitRatios([90, 10]), seed: seed)).report
      #expect(report.parts[1].desirable == 1)
      #expect(report.parts[1].undesirable == 1)
    }
  }

  @Test func `one group alone goes to the larger share and the empty one is reported`() throws {
    let rows = (0..<10).map { row($0, $0 < 5, prompt: "same") }
    let report = try plan(rows, SplitOptions(ratios: SplitRatios([90, 10]))).report
    #expect(report.parts.map(\.rows) == [10, 0])
    #expect(report.findings().map(\.code) == ["W13"])
  }

  @Test func `one label alone is an error where a balance is asked for, and a finding where not`() throws {
    let rows = (0..<10).map { row($0, true) }
    #expect(throws: SplitError.oneClassOnly(isDesirable: true, rows: 10)) {
      try plan(rows, SplitOptions(balance: LabelBalance(desirable: 50, undesirable: 50)))
    }
    #expect(try plan(rows, SplitOptions()).report.findings().map(\.code) == ["W14"])
  }

  @Test func `nothing to split is an error`() {
    #expect(throws: SplitError.empty) { try plan([], SplitOptions()) }
  }

  @Test(arguments: [
    "", "101", "90/20", "-10/110", "50/50/0/0", "0/100", "90/ 10", "9e1/10", "99999999999999999999",
  ])
  func `ratios that are none are refused`(text: String) {
    #expect(throws: SplitError.self) { try SplitRatios(parsing: text) }
  }

  @Test func `files of examples are divided without losing a line`() throws {
    let folder = try TemporaryFolder()
    let rows = (0..<50).map { row($0, $0 % 2 == 0) }
    try writeFile(folder.path + "/all.jsonl", rows.flatMap { $0.jsonLine() })
    var options = PipelineOptions(format: "examples")
    options.encodesExamples = true
    let cursor = RowCursor([folder.path + "/all.jsonl"], options)
    var run = try SplitRun(SplitOptions(ratios: SplitRatios([80, 20])), scratchFolder: folder.path)
    while let event = try cursor.next() { if case .row(let row) = event { try run.append(row) } }
    let report = try run.write(to: folder.path + "/out", as: ExamplesExport.self, force: false)
    #expect(report.parts.map(\.rows) == [40, 10])
    let lines = try ["train", "validation"].flatMap {
      try readFile("\(folder.path)/out/\($0).jsonl").split(separator: 0x0A)
    }
    // Each line as it was written, but for what the cursor adds: nothing.
    #expect(Set(lines.map { Array($0) }) == Set(rows.map { $0.jsonLine().dropLast() }.map { Array($0) }))
  }

  @Test func `prompts that differ in white space or case alone never part`() throws {
    let variants = ["Name it, %", " name  it, % ", "NAME\u{A0}IT,\n%"]
    let rows = (0..<90).map { number in
      row(number, number % 2 == 0, prompt: variants[number % 3].replacing("%", with: "\(number / 3)"))
    }
    let plan = try plan(rows, SplitOptions(ratios: SplitRatios([70, 30])))
    for first in stride(from: 0, to: 90, by: 3) {
      #expect(Set((first..<first + 3).map { plan.split(ofRow: $0) }).count == 1)
    }
  }

  @Test func `a conversation and those that continue it never part`() throws {
    let rows = (0..<60).map { number -> Example in
      var row = row(number, number % 2 == 0, group: "g\(number)")
      let question = Message(role: "user", content: "question \(number / 2)")
      row.prompt = [question]
      row.completion = [Message(role: "assistant", content: "answer \(number / 2)")]
      if number % 2 == 1 {
        row.prompt += [
          Message(role: "assistant", content: "Answer \(number / 2) "),
          Message(role: "user", content: "and then?"),
        ]
        row.completion = [Message(role: "assistant", content: "the end")]
      }
      return row
    }
    let plan = try plan(rows, SplitOptions(ratios: SplitRatios([70, 30])))
    for first in stride(from: 0, to: 60, by: 2) {
      #expect(plan.split(ofRow: first) == plan.split(ofRow: first + 1))
    }
    // Another answer to the same question is another conversation, but has the same prompt.
    #expect(plan.report.parts.map(\.groups).reduce(0, +) == 30)
  }

  @Test func `rows with the same value in a field never part, beside those of one prompt`() throws {
    let field = try #require(RecordField("/meta/user"))
    var census = FieldCensus(field)
    var records = SplitRecords()
    for number in 0..<100 {
      var row = row(number, number % 2 == 0, prompt: number == 7 ? "question 8" : nil)
      let user: JSONValue = number % 3 == 0 ? .string("\(number % 10)") : .integer(number % 10)
      let meta = JSONNode(.members(["user": number < 90 ? user : .null]))
      row.metadata = .object(JSONObject([JSONObject.Member("meta", meta)]))
      try records.append(row, fingerprint(row), keys: RowKeys(group: census.group(of: row)))
    }
    let plan = try SplitPlan(
      records, SplitOptions(ratios: SplitRatios([60, 40]), groupBy: .field(field)))
    for user in 0..<10 {
      #expect(Set(stride(from: user, to: 90, by: 10).map { plan.split(ofRow: $0) }).count == 1)
    }
    #expect(plan.split(ofRow: 7) == plan.split(ofRow: 8))
    #expect(census.finding(hint: "")?.message == "10 examples of 100 have no /meta/user")
  }

  @Test func `a field that no row has is an error that names those there are`() throws {
    var census = FieldCensus(try #require(RecordField("usr")))
    var row = row(1, true)
    row.metadata = .members(["user": .integer(1)])
    #expect(census.group(of: row) == nil)
    #expect(throws: SplitError.noSuchField("usr", known: ["user"])) { try census.check() }
  }

  @Test(arguments: [
    ("train=80,dev=10,test=10", ["train", "test", "dev"]), ("b=1,train=98,a=1", ["train", "a", "b"]),
    ("80/10/10", ["train", "validation", "test"]), ("100", ["train"]),
  ])
  func `parts have names, whatever order they are given in`(text: String, names: [String]) throws {
    let ratios = try SplitRatios(parsing: text)
    #expect(ratios.parts.map(\.name) == names)
    #expect(try SplitRatios(parsing: ratios.description) == ratios)
  }

  @Test func `the report of a split counts what was read, kept and dropped by class and part`() throws {
    let rows = (0..<100).map { row($0, $0 % 5 == 0) }
    let half = LabelBalance(desirable: 50, undesirable: 50)
    let report = try plan(rows, SplitOptions(ratios: SplitRatios([80, 20]), balance: half)).report
    let json = JSONNode(report.json())
    for (name, read) in [("desirable", 20), ("undesirable", 80)] {
      let counts = json["classes"]?[name]
      #expect(counts?["read"]?.int == read)
      #expect(counts?["kept"]?.int == 20)
      #expect(counts?["dropped"]?.int == read - 20)
    }
    for name in ["train", "validation"] {
      let part = json["splits"]?[name]
      #expect(part?["read"]?.int == (part?["rows"]?.int ?? 0) + (part?["dropped"]?.int ?? 0))
    }
  }

  @Test func `files of an earlier split with other names do not stay`() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("out")
    var first = try run(SplitOptions(ratios: SplitRatios(parsing: "train=50,dev=50")), folder)
    _ = try first.write(to: out, as: ExamplesExport.self, force: false)
    #expect(fileKind(out + "/dev.jsonl") == .file)
    var second = try run(SplitOptions(), folder)
    _ = try second.write(to: out, as: ExamplesExport.self, force: true)
    #expect(fileKind(out + "/dev.jsonl") == nil)
    let parts = try #require(try PartFiles.split(in: [out]))
    #expect(parts.files.paths == [out + "/train.jsonl"])
  }

  /// A run with examples of both labels.
  private func run(_ options: SplitOptions, _ folder: TemporaryFolder) throws -> SplitRun {
    try writeFile(folder.path("all.jsonl"), (0..<9).flatMap { row($0, $0 % 3 == 0).jsonLine() }, force: true)
    var pipeline = PipelineOptions(format: "examples")
    pipeline.encodesExamples = true
    let cursor = RowCursor([folder.path("all.jsonl")], pipeline)
    var run = try SplitRun(options, scratchFolder: folder.path)
    while let event = try cursor.next() { if case .row(let row) = event { try run.append(row) } }
    return run
  }

  @Test func `no file of an earlier split stays beside those of a new one`() throws {
    let folder = try TemporaryFolder()
    let out = folder.path("out")
    var first = try run(SplitOptions(ratios: SplitRatios([50, 50])), folder)
    _ = try first.write(to: out, as: ExamplesExport.self, force: false)
    let before = try readFile(out + "/train.jsonl")
    var second = try run(SplitOptions(), folder)
    #expect(throws: FileError.self) { try second.write(to: out, as: LinesExport<TRLForm>.self, force: false) }
    #expect(try readFile(out + "/train.jsonl") == before)
    _ = try second.write(to: out, as: LinesExport<TRLForm>.self, force: true)
    #expect(fileKind(out + "/validation.jsonl") == nil)
  }

  @Test func `an export that keeps no weights refuses them`() throws {
    let folder = try TemporaryFolder()
    let half = LabelBalance(desirable: 50, undesirable: 50)
    var run = try run(SplitOptions(balance: half, strategy: .weight), folder)
    #expect(throws: SplitError.weightsLost(export: "trl")) {
      try run.write(to: folder.path("out"), as: LinesExport<TRLForm>.self, force: false)
    }
  }
}
