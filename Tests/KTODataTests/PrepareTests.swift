import Glibc
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct PrepareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Prepares lines of a file of examples.
  private func run(
    lines: [String], to name: String = "out", allow: Set<String> = [],
    _ change: (inout PrepareConfiguration) throws -> Void = { _ in }
  ) throws -> PrepareReport {
    var configuration = PrepareConfiguration(maxLength: 64, tool: "kto-data test", modelName: "org/bytes")
    try change(&configuration)
    let input = folder.path + "/raw.jsonl"
    try writeFile(input, lines.joined(separator: "\n").utf8, force: true)
    var pipeline = PipelineOptions(format: "examples", checks: CheckContext())
    pipeline.allowedCodes = allow
    return try prepare(
      [input], pipeline, configuration, output: folder.path + "/" + name, tokenizer: ByteTokenizer(),
      events: { _ in })
  }

  private func run(
    _ examples: [Example], to name: String = "out", allow: Set<String> = [],
    _ change: (inout PrepareConfiguration) throws -> Void = { _ in }
  ) throws -> PrepareReport {
    try run(lines: examples.map(line), to: name, allow: allow, change)
  }

  private func line(_ example: Example) -> String {
    String(decoding: example.jsonLine().dropLast(), as: UTF8.self)
  }

  private func examples(_ count: Int) -> [Example] { (0..<count).map { conversation($0, $0 % 2 == 0) } }

  /// An example whose answer has no EOS behind it, which is E06.
  private let unended = conversation(9, true, answer: "no end")

  private func rows(_ split: String = "train", of name: String = "out") throws -> [TokenizedExample] {
    let dataset = try ShardDataset(folder: "\(folder.path)/\(name)/\(split)")
    return try (0..<dataset.count).map { try dataset.example(at: $0) }
  }

  private func exists(_ name: String) -> Bool {
    unsafe access(folder.path + "/" + name, F_OK) == 0
  }

  @Test func `every row is written and its tokens are cut between prompt and completion`() throws {
    let report = try run(examples(10)) { $0.order = .input }
    #expect(report.account.examples == 10)
    #expect(report.written.total == 10)
    let rows = try rows()
    #expect(rows.map(\.id) == (0..<10).map { "c\($0)" })
    #expect(rows[3].promptIDs == "u:q 3\na:".utf8.map { UInt32($0) })
    #expect(rows[3].completionIDs == "answer 3\0\n".utf8.map { UInt32($0) })
    #expect(verify(folder: folder.path + "/out").isSound)
  }

  @Test func `the same input and seed make the same bytes`() throws {
    for name in ["a", "b"] {
      _ = try run(examples(50), to: name) { $0.split.ratios = try SplitRatios([80, 20]) }
    }
    for file in ["manifest.json", "train/index.json", "train/shard.00000.mds", "validation/shard.00000.mds"] {
      #expect(try readFile("\(folder.path)/a/\(file)") == readFile("\(folder.path)/b/\(file)"))
    }
  }

  @Test func `shuffled rows alternate their labels where both are as many`() throws {
    _ = try run(examples(40))
    let rows = try rows()
    #expect(rows.map(\.id) != (0..<40).map { "c\($0)" })
    #expect(stride(from: 0, to: 40, by: 2).allSatisfy { rows[$0].label != rows[$0 + 1].label })
  }

  @Test func `an error stops the run, is told, and leaves nothing that looks finished`() throws {
    let report = try run(examples(4) + [unended])
    #expect(!report.isWritten)
    #expect(report.blocking == ["E06": 1])
    #expect(report.text.contains("nothing was written"))
    #expect(!exists("out"))
  }

  @Test func `an allowed error keeps its row`() throws {
    let report = try run(examples(4) + [unended], allow: ["E06"])
    #expect(report.written.total == 5)
    #expect(report.account.findings["E06"]?.total == 1)
  }

  @Test func `a quarantine takes each bad row with its reason, and the rest is written`() throws {
    let bad = #"{"prompt": "q", "completion": "r", "label": -1}"#
    let unlabelled = #"{"prompt": "q", "completion": "r"}"#
    let report = try run(lines: examples(4).map(line) + [bad, unlabelled, line(unended)]) {
      $0.quarantine = folder.path + "/bad"
    }
    #expect(report.isWritten)
    #expect(report.account.records == 7)
    #expect(report.account.rejectedRecords == 1)
    #expect(report.account.rejected.total == 1)
    #expect(report.account.droppedCount == 1)
    #expect(report.quarantined == 2)
    let lines = try readFile(folder.path + "/bad/quarantine.jsonl").split(separator: 0x0A)
    var parser = JSONParser()
    let first = try parser.parse(lines[0])
    #expect(first["code"]?.string == "E01")
    #expect(first["reason"]?.string == "the label is the JSON integer -1, not a bool")
    #expect(first["location"]?["column"]?.int == 45)
    #expect(first["record"]?.string == bad)
    let second = try parser.parse(lines[1])
    #expect(second["record"]?.string == line(unended))
  }

  @Test func `a quarantine takes all sides of a contradiction, and the counts add up`() throws {
    let sides = [true, true, false, true].enumerated().map {
      conversation(20 + $0, $1, answer: "same", question: "same")
    }
    let report = try run(sides + examples(6)) { $0.quarantine = folder.path + "/bad" }
    #expect(report.quarantined == 4)
    #expect(report.account.accepted == ClassCounts(desirable: 3, undesirable: 3))
    #expect(report.account.rejected == ClassCounts(desirable: 3, undesirable: 1))
    #expect(report.files[0].rejected == 4)
    #expect(report.account.findings["E07"]?.total == 4)
    #expect(Set(try rows().map(\.id)) == Set((0..<6).map { "c\($0)" }))
    let lines = try readFile(folder.path + "/bad/quarantine.jsonl").split(separator: 0x0A)
    var parser = JSONParser()
    let numbers = try lines.map { try parser.parse($0)["location"]?["line"]?.int ?? 0 }
    #expect(numbers == [23, 24, 21, 22])
    #expect(try run(sides + examples(6), to: "b").blocking == ["E07": 2])
    #expect(try run(sides + examples(6), to: "c", allow: ["E07"]).written.total == 10)
  }

  @Test func `a quarantine that leaves one class alone stops the run`() throws {
    let sides = [true, false].map { conversation($0 ? 20 : 21, $0, answer: "same", question: "same") }
    let report = try run(sides + [conversation(1, true)]) { $0.quarantine = folder.path + "/bad" }
    #expect(report.blocking == ["E09": 1])
  }

  @Test func `the class weights are judged by the rows that train`() throws {
    let items = (0..<40).map { conversation($0, $0 < 10) }
    let half = LabelBalance(desirable: 50, undesirable: 50)
    #expect(try run(items, to: "a").account.findings["W01"]?.total == 1)
    #expect(try run(items, to: "b") { $0.split.balance = half }.account.findings["W01"] == nil)
  }

  @Test func `parts have folders of their own, and go with the next run`() throws {
    let report = try run(examples(100)) {
      $0.split.ratios = try SplitRatios(parsing: "train=80,dev=10,test=10")
    }
    #expect(report.split?.parts.map(\.name) == ["train", "test", "dev"])
    #expect(try Manifest(folder: folder.path + "/out").splits.map(\.name) == ["train", "test", "dev"])
    #expect(try rows("dev").count == 10)
    #expect(verify(folder: folder.path + "/out").isSound)
    _ = try run(examples(10)) { $0.force = true }
    #expect(!exists("out/dev"))
  }

  @Test func `the manifest counts what was read, kept and dropped`() throws {
    let items = (0..<40).map { conversation($0, $0 < 10) }
    _ = try run(items) { $0.split.balance = LabelBalance(desirable: 50, undesirable: 50) }
    var parser = JSONParser()
    let train = try parser.parse(readFile(folder.path + "/out/manifest.json"))["splits"]?["train"]
    #expect(train?["read"]?.int == 40)
    #expect(train?["rows"]?.int == 20)
    #expect(train?["dropped_desirable"]?.int == 0)
    #expect(train?["dropped_undesirable"]?.int == 20)
  }

  /// Prepares two files as the parts train and validation.
  private func runParts(
    _ train: [Example], _ validation: [Example], to name: String, allow: Set<String> = []
  ) throws -> PrepareReport {
    try writeFile(folder.path + "/a.jsonl", train.flatMap { $0.jsonLine() }, force: true)
    try writeFile(folder.path + "/b.jsonl", validation.flatMap { $0.jsonLine() }, force: true)
    let parts = try PartFiles(
      [
        PartFiles.Part(name: "validation", files: [folder.path + "/b.jsonl"]),
        PartFiles.Part(name: "train", files: [folder.path + "/a.jsonl"]),
      ], origin: "here")
    var pipeline = PipelineOptions(format: "examples", checks: CheckContext())
    pipeline.allowedCodes = allow
    return try prepare(
      parts.files, pipeline,
      PrepareConfiguration(parts: parts, maxLength: 64, tool: "t", modelName: "m"),
      output: folder.path + "/" + name, tokenizer: ByteTokenizer(), events: { _ in })
  }

  @Test func `parts that were made before are kept as they are`() throws {
    let items = examples(30)
    let report = try runParts(Array(items[..<10]), Array(items[10...]), to: "out")
    #expect(report.split?.parts.map(\.rows) == [10, 20])
    #expect(Set(try rows().map(\.id)) == Set((0..<10).map { "c\($0)" }))
    #expect(report.text.contains("parts kept as they are in here"))
    #expect(verify(folder: folder.path + "/out").isSound)
  }

  @Test func `a prompt in two parts that are kept is E08, for prepare and for verify`() throws {
    let items = examples(20)
    let again = conversation(30, true, answer: "another", question: "q 3")
    let report = try runParts(Array(items[..<10]), Array(items[10...]) + [again], to: "out")
    #expect(report.blocking == ["E08": 1])
    #expect(!report.isWritten)
    _ = try runParts(Array(items[..<10]), Array(items[10...]) + [again], to: "out", allow: ["E08"])
    let found = verify(folder: folder.path + "/out").diagnostics
    #expect(found.map(\.code) == ["E08"])
    #expect(found[0].message == "it shares the tokens of 1 prompt with train, such as in row 2 (c30)")
  }

  @Test func `a prompt that begins with a conversation of another split is E08 for verify`() throws {
    let items = examples(20)
    var longer = conversation(30, true, answer: "another")
    longer.prompt =
      items[3].prompt + items[3].completion + [Message(role: "user", content: "and then?")]
    _ = try runParts(Array(items[..<10]), Array(items[10...]) + [longer], to: "out", allow: ["E08"])
    #expect(
      verify(folder: folder.path + "/out").diagnostics.map(\.message)
        == ["it has 1 prompt that begins with a whole conversation of train, such as in row 2 (c30)"])
  }

  @Test func `one file in two parts is refused`() {
    #expect(throws: PartError.fileInTwoParts("a", "train", "dev")) {
      try PartFiles(
        [PartFiles.Part(name: "train", files: ["a"]), PartFiles.Part(name: "dev", files: ["a"])],
        origin: "here")
    }
  }

  @Test func `a prompt that fills the sequence is E03, and is left out when that is allowed`() throws {
    let long = conversation(9, false, question: String(repeating: "long ", count: 20))
    #expect(try run(examples(4) + [long]).blocking == ["E03": 1])
    let report = try run(examples(4) + [long], allow: ["E03"]) { $0.force = true }
    #expect(report.account.rejected.undesirable == 1)
    #expect(report.written.total == 4)
  }

  @Test func `a completion that is too long keeps as many tokens as any prompt could need and is counted`()
    throws
  {
    let long = conversation(9, true, answer: String(repeating: "a", count: 100))
    let report = try run([long, conversation(1, false)]) { $0.order = .input }
    #expect(report.truncated.desirable == 1)
    let row = try rows()[0]
    #expect(row.promptIDs.count == 8)
    #expect(row.completionIDs.count == 64)
    #expect(try Manifest(folder: folder.path + "/out").splits[0].counts.truncated == 1)
  }

  @Test func `a prompt that is no prefix is E05, and is cut where the tokens part when that is allowed`()
    throws
  {
    let odd = conversation(9, true, question: "mismatch")
    #expect(try run(examples(2) + [odd]).blocking == ["E05": 1])
    _ = try run(examples(2) + [odd], to: "second", allow: ["E05"]) { $0.order = .input }
    let row = try rows(of: "second")[2]
    #expect(row.promptIDs == "u:mismatch\n".utf8.map { UInt32($0) })
    #expect(row.completionIDs == "a:answer 9\0\n".utf8.map { UInt32($0) })
  }

  @Test func `a completion without its EOS is E06`() throws {
    #expect(try run(examples(2) + [unended]).blocking == ["E06": 1])
  }

  @Test func `a conversation the template refuses is an error of its row`() throws {
    var odd = conversation(9, true)
    odd.prompt.insert(Message(role: "tool", content: "narrates"), at: 0)
    #expect(try run(examples(2) + [odd]).blocking == ["E13": 1])
  }

  @Test func `a balance leaves out rows that the manifest counts`() throws {
    let items = (0..<40).map { conversation($0, $0 < 10) }
    let report = try run(items) { $0.split.balance = LabelBalance(desirable: 50, undesirable: 50) }
    #expect(report.written.desirable == 10)
    #expect(report.written.undesirable == 10)
    #expect(report.droppedByBalance.undesirable == 20)
    #expect(try Manifest(folder: folder.path + "/out").splits[0].counts.dropped == 20)
  }

  @Test func `weights reach the shards`() throws {
    let items = (0..<40).map { conversation($0, $0 < 10) }
    _ = try run(items) {
      $0.split.balance = LabelBalance(desirable: 50, undesirable: 50)
      $0.split.strategy = .weight
    }
    let rows = try rows()
    #expect(rows.allSatisfy { $0.weight == ($0.label ? 2 : 40.0 / 60) })
  }

  @Test func `output that exists is kept unless force is given`() throws {
    _ = try run(examples(40)) { $0.shardSizeLimit = 1500 }
    #expect(throws: PrepareError.outputExists(path: folder.path + "/out")) { try run(examples(4)) }
    _ = try run(examples(4)) { $0.force = true }
    #expect(!exists("out/train/shard.00001.mds"))
    #expect(verify(folder: folder.path + "/out").isSound)
  }

  @Test func `a run with force that is refused keeps what was there`() throws {
    _ = try run(examples(4))
    let before = try readFile(folder.path + "/out/manifest.json")
    let report = try run([unended]) { $0.force = true }
    #expect(!report.isWritten)
    #expect(try readFile(folder.path + "/out/manifest.json") == before)
    #expect(verify(folder: folder.path + "/out").isSound)
  }

  @Test func `a file that breaks is put aside as one finding, after what was read of it`() throws {
    let text = "[" + examples(4).map(line).joined(separator: ",") + #",{"prompt":"#
    let report = try run(lines: [text]) { $0.quarantine = folder.path + "/bad" }
    #expect(report.quarantined == 1)
    #expect(report.account.findings["E00"]?.total == 1)
    #expect(report.written.total == 4)
  }

  @Test func `an input that is not there leaves no manifest`() throws {
    #expect(throws: FileError.self) {
      try prepare(
        [folder.path + "/none"], PipelineOptions(),
        PrepareConfiguration(maxLength: 64, tool: "t", modelName: "m"), output: folder.path + "/out",
        tokenizer: ByteTokenizer(), events: { _ in })
    }
    #expect(!exists("out"))
  }

  @Test func `the manifest has the hash of what was read`() throws {
    _ = try run(examples(4))
    let parent = try Manifest(folder: folder.path + "/out").parents[0]
    #expect(parent.sha256 == (try SHA256.hash(fileAt: folder.path + "/raw.jsonl")))
    #expect(parent.byteCount == (try fileByteCount(folder.path + "/raw.jsonl")))
  }
}
