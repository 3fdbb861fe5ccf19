import Glibc
import KTOCore
import Testing

@testable import KTOData

@Suite struct PrepareTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func run(
    _ items: [SourcedExample], last: [Diagnostic] = [], to name: String = "out",
    _ change: (inout PrepareConfiguration) throws -> Void = { _ in }
  ) throws -> PrepareReport {
    var configuration = PrepareConfiguration(maxLength: 64, tool: "kto-data test", modelName: "org/bytes")
    try change(&configuration)
    let input = directory.path + "/raw.jsonl"
    try writeFile(input, Array("raw".utf8), force: true)
    var source = ListSource(items: items)
    var checker = WordChecker(last: last)
    return try prepare(
      configuration, inputs: [input], source: &source, checker: &checker,
      output: directory.path + "/" + name, tokenizer: ByteTokenizer(), events: { _ in })
  }

  private func examples(_ count: Int) -> [SourcedExample] {
    (0..<count).map { .example(conversation($0, $0 % 2 == 0)) }
  }

  private func rows(_ split: String = "train", of name: String = "out") throws -> [TokenizedExample] {
    let dataset = try ShardDataset(directory: "\(directory.path)/\(name)/\(split)")
    return try (0..<dataset.count).map { try dataset.example(at: $0) }
  }

  private func exists(_ name: String) -> Bool {
    unsafe access(directory.path + "/" + name, F_OK) == 0
  }

  @Test func `every row is written and its tokens are cut between prompt and completion`() throws {
    let report = try run(examples(10)) { $0.order = .input }
    #expect(report.read == 10)
    #expect(report.written.count == 10)
    let rows = try rows()
    #expect(rows.map(\.id) == (0..<10).map { "c\($0)" })
    #expect(rows[3].promptIDs == "u:q 3\na:".utf8.map { UInt32($0) })
    #expect(rows[3].completionIDs == "answer 3\0\n".utf8.map { UInt32($0) })
    #expect(verify(directory: directory.path + "/out").isSound)
  }

  @Test func `the same input and seed make the same bytes`() throws {
    for name in ["a", "b"] {
      _ = try run(examples(50), to: name) { $0.split.ratios = try SplitRatios([80, 20]) }
    }
    for file in ["manifest.json", "train/index.json", "train/shard.00000.mds", "validation/shard.00000.mds"] {
      #expect(try readFile("\(directory.path)/a/\(file)") == readFile("\(directory.path)/b/\(file)"))
    }
  }

  @Test func `shuffled rows alternate their labels where both are as many`() throws {
    _ = try run(examples(40))
    let rows = try rows()
    #expect(rows.map(\.id) != (0..<40).map { "c\($0)" })
    #expect(stride(from: 0, to: 40, by: 2).allSatisfy { rows[$0].label != rows[$0 + 1].label })
  }

  @Test func `an error stops the run, is told, and leaves nothing that looks finished`() throws {
    let report = try run(examples(4) + [.example(conversation(9, true, answer: "E42! no"))])
    #expect(!report.isWritten)
    #expect(report.blocking == ["E42": 1])
    #expect(report.text.contains("nothing was written"))
    #expect(!exists("out"))
  }

  @Test func `an allowed error keeps its row`() throws {
    let report = try run(examples(4) + [.example(conversation(9, true, answer: "E42! no"))]) {
      $0.allowedCodes = ["E42"]
    }
    #expect(report.written.count == 5)
    #expect(report.findings["E42"] == 1)
  }

  @Test func `a quarantine takes each bad row with its reason, and the rest is written`() throws {
    let bad = Diagnostic(
      .error, code: "E01", at: SourceLocation(file: "raw.jsonl", byteOffset: 7, line: 2, column: 3),
      message: "a label of -1")
    let report = try run(
      examples(4) + [
        .rejected(bad, record: Array("{\"label\":-1}".utf8)), .dropped(reason: "no label"),
        .example(conversation(9, true, answer: "E42! no")),
      ]
    ) { $0.quarantine = directory.path + "/bad" }
    #expect(report.isWritten)
    #expect(report.read == 7)
    #expect(report.accounted == 7)
    #expect(report.quarantined == 2)
    let lines = try readFile(directory.path + "/bad/quarantine.jsonl").split(separator: 0x0A)
    var parser = JSONParser()
    let first = try parser.parse(lines[0])
    #expect(first["code"]?.string == "E01")
    #expect(first["reason"]?.string == "a label of -1")
    #expect(first["location"]?["column"]?.int == 3)
    #expect(first["record"]?.string == "{\"label\":-1}")
    let second = try parser.parse(lines[1])
    #expect(second["record"]?.string?.contains("E42! no") == true)
  }

  @Test func `an error over the set takes its rows out after all were read`() throws {
    let location = SourceLocation(file: "raw.jsonl", byteOffset: 200, line: 3, column: 1)
    let late = Diagnostic(.error, code: "E07", at: location, message: "both labels")
    let report = try run(examples(6), last: [late]) {
      $0.quarantine = directory.path + "/bad"
      $0.order = .input
    }
    #expect(try rows().map(\.id) == ["c0", "c1", "c3", "c4", "c5"])
    #expect(report.rejectedByValidation.desirable == 1)
    #expect(report.accounted == 6)
  }

  @Test func `a prompt that fills the sequence is E03, and is left out when that is allowed`() throws {
    let long = conversation(9, false, question: String(repeating: "long ", count: 20))
    #expect(try run(examples(4) + [.example(long)]).blocking == ["E03": 1])
    let report = try run(examples(4) + [.example(long)]) {
      $0.allowedCodes = ["E03"]
      $0.force = true
    }
    #expect(report.rejectedByTokenization.undesirable == 1)
    #expect(report.written.count == 4)
  }

  @Test func `a completion that is too long keeps as many tokens as any prompt could need and is counted`()
    throws
  {
    let long = conversation(9, true, answer: String(repeating: "a", count: 100))
    let report = try run([.example(long), .example(conversation(1, false))]) { $0.order = .input }
    #expect(report.truncated.desirable == 1)
    let row = try rows()[0]
    #expect(row.promptIDs.count == 8)
    #expect(row.completionIDs.count == 64)
    #expect(try Manifest(directory: directory.path + "/out").splits[0].counts.truncated == 1)
  }

  @Test func `a prompt that is no prefix is E05, and is cut where the tokens part when that is allowed`()
    throws
  {
    let odd = conversation(9, true, question: "mismatch")
    #expect(try run(examples(2) + [.example(odd)]).blocking == ["E05": 1])
    _ = try run(examples(2) + [.example(odd)], to: "second") {
      $0.allowedCodes = ["E05"]
      $0.order = .input
    }
    let row = try rows(of: "second")[2]
    #expect(row.promptIDs == "u:mismatch\n".utf8.map { UInt32($0) })
    #expect(row.completionIDs == "a:answer 9\0\n".utf8.map { UInt32($0) })
  }

  @Test func `a completion without its EOS is E06`() throws {
    #expect(try run([.example(conversation(1, true, answer: "no end"))]).blocking == ["E06": 1])
  }

  @Test func `a conversation the template refuses is an error of its row`() throws {
    var odd = conversation(9, true)
    odd.prompt[0].role = "narrator"
    #expect(try run(examples(2) + [.example(odd)]).blocking == ["E04": 1])
  }

  @Test func `a balance leaves out rows that the manifest counts`() throws {
    let items = (0..<40).map { SourcedExample.example(conversation($0, $0 < 10)) }
    let report = try run(items) { $0.split.balance = LabelBalance(desirable: 50, undesirable: 50) }
    #expect(report.written.desirable == 10)
    #expect(report.written.undesirable == 10)
    #expect(report.droppedByBalance.undesirable == 20)
    #expect(try Manifest(directory: directory.path + "/out").splits[0].counts.dropped == 20)
  }

  @Test func `weights reach the shards`() throws {
    let items = (0..<40).map { SourcedExample.example(conversation($0, $0 < 10)) }
    _ = try run(items) {
      $0.split.balance = LabelBalance(desirable: 50, undesirable: 50)
      $0.split.strategy = .weight
    }
    let rows = try rows()
    #expect(rows.allSatisfy { $0.weight == ($0.label ? 2 : 40.0 / 60) })
  }

  @Test func `output that exists is kept unless force is given`() throws {
    _ = try run(examples(40)) { $0.shardSizeLimit = 1500 }
    #expect(throws: PrepareError.outputExists(path: directory.path + "/out")) { try run(examples(4)) }
    _ = try run(examples(4)) { $0.force = true }
    #expect(!exists("out/train/shard.00001.mds"))
    #expect(verify(directory: directory.path + "/out").isSound)
  }

  @Test func `a run with force that is refused keeps what was there`() throws {
    _ = try run(examples(4))
    let before = try readFile(directory.path + "/out/manifest.json")
    let report = try run([.example(conversation(9, true, answer: "E42! no"))]) { $0.force = true }
    #expect(!report.isWritten)
    #expect(try readFile(directory.path + "/out/manifest.json") == before)
    #expect(verify(directory: directory.path + "/out").isSound)
  }

  @Test func `a further error of a quarantined record is told and not put aside twice`() throws {
    let bad = Diagnostic(.error, code: "E01", message: "a label of -1")
    let more = Diagnostic(.error, code: "E11", message: "the schema")
    let broken = Diagnostic(.error, code: "E00", message: "the file ends")
    let report = try run(examples(2) + [.rejected(bad, record: [0x7B]), .finding(more), .finding(broken)]) {
      $0.quarantine = directory.path + "/bad"
    }
    #expect(report.quarantined == 2)
    #expect(report.findings["E11"] == 1)
    #expect(report.isWritten)
  }

  @Test func `a source that fails leaves no manifest`() throws {
    struct Broken: ExampleSource {
      mutating func read(_ body: (SourcedExample) throws -> Void) throws {
        try body(.example(conversation(0, true)))
        throw FileError.cannotRead(path: "x", reason: "gone")
      }
    }
    var source = Broken()
    var checker = WordChecker()
    #expect(throws: FileError.self) {
      try prepare(
        PrepareConfiguration(maxLength: 64, tool: "t", modelName: "m"), inputs: [], source: &source,
        checker: &checker, output: directory.path + "/out", tokenizer: ByteTokenizer(), events: { _ in })
    }
    #expect(!exists("out"))
  }
}
