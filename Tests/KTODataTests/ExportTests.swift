import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// What each export makes of examples, and what it says it could not hold.
struct ExportTests {
  private static let plain =
    #"{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}],"label":true}"#
  private static let withSystem = #"""
    {"prompt":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"b"}],"label":false,"weight":2}
    """#
  private static let withTools = #"""
    {"prompt":[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":{"x":1}}}]},{"role":"tool","content":"7","tool_call_id":"1"}],"completion":[{"role":"assistant","content":"c"}],"label":true,"tools":[{"type":"function","function":{"name":"f"}}]}
    """#

  /// The lines of `train.jsonl`, or of another file, and the report.
  private func export(
    _ rows: [String], as name: String, file: String = "train.jsonl"
  ) throws -> (lines: [String], report: ExportReport) {
    let folder = try TemporaryFolder()
    let report = try export(rows, as: name, in: folder)
    let text = fileKind(folder.path("out/\(file)")) == nil ? "" : try folder.text(of: "out/\(file)")
    return (text.split(separator: "\n").map { String($0) }, report)
  }

  @discardableResult private func export(
    _ rows: [String], as name: String, parts: [String] = ["train"], force: Bool = false,
    in folder: TemporaryFolder
  ) throws -> ExportReport {
    try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    let type = try #require(exampleExports.first { $0.name == name })
    var options = PipelineOptions()
    options.encodesExamples = true
    options.keepsMetadata = true
    let cursor = RowCursor([folder.path("rows.jsonl")], options)
    var run = try ExportRun(
      to: ExportTarget(folder: folder.path("out"), parts: parts, force: force), as: type)
    var count = 0
    while let event = try cursor.next() {
      guard case .row(let row) = event else { continue }
      #expect(row.state == .accepted)
      try run.append(row, part: count % parts.count)
      count += 1
    }
    return try run.finish(account: cursor.account)
  }

  @Test func `TRL has prompt, completion and label, and tools as one text`() throws {
    let got = try export([Self.plain, Self.withTools], as: "trl")
    #expect(got.lines[0] == Self.plain)
    #expect(got.lines[1].contains(#""tools":"[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]""#))
    #expect(got.report.losses.parts == ["ids": 2, "groups": 2, "places in the source": 2])
  }

  @Test func `TRL's texts lose a system message, and leave out what has more turns`() throws {
    let got = try export([Self.plain, Self.withSystem, Self.withTools], as: "trl-text")
    #expect(
      got.lines == [
        #"{"prompt":"q","completion":"a","label":true}"#, #"{"prompt":"q","completion":"b","label":false}"#,
      ])
    #expect(got.report.losses.parts["system messages"] == 1)
    #expect(got.report.losses.parts["weights"] == 1)
    #expect(got.report.losses.leftOut == ["more than one question and one answer": 1])
  }

  @Test func `LLaMA-Factory has a system column and calls as turns`() throws {
    let got = try export([Self.withSystem, Self.withTools], as: "llama-factory")
    #expect(
      got.lines == [
        #"{"conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"b"}],"system":"s","tools":"","kto_tag":false}"#,
        #"{"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"},{"from":"observation","value":"7"},{"from":"gpt","value":"c"}],"system":"","tools":"[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]","kto_tag":true}"#,
      ])
    #expect(got.report.losses.parts["names and other fields of messages"] == 1)
  }

  @Test func `LLaMA-Factory leaves out what it would pass over`() throws {
    let twice =
      #"{"prompt":[{"role":"user","content":"q"},{"role":"user","content":"r"}],"completion":[{"role":"assistant","content":"a"}],"label":true}"#
    let got = try export([twice, Self.plain], as: "llama-factory")
    #expect(got.lines.count == 1)
    #expect(got.report.losses.leftOut == ["speakers that do not take turns": 1])
  }

  @Test func `LLaMA-Factory's data sets are named in dataset_info`() throws {
    let folder = try TemporaryFolder()
    try export([Self.plain, Self.withSystem], as: "llama-factory", parts: ["train", "dev"], in: folder)
    var parser = JSONParser()
    let info = try parser.parse(folder.bytes(of: "out/dataset_info.json"))
    #expect(info.object?.members.map(\.key) == ["kto_train", "kto_dev"])
    #expect(info["kto_dev"]?["file_name"]?.string == "dev.jsonl")
    #expect(info["kto_dev"]?["columns"]?["kto_tag"]?.string == "kto_tag")
  }

  @Test func `ms-swift has a call as a message of its own`() throws {
    let got = try export([Self.withTools], as: "ms-swift")
    #expect(
      got.lines == [
        #"{"messages":[{"role":"user","content":"q"},{"role":"tool_call","content":"{\"name\":\"f\",\"arguments\":{\"x\":1}}"},{"role":"tool","content":"7"},{"role":"assistant","content":"c"}],"label":true,"tools":"[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"}"#
      ])
  }

  @Test func `axolotl has the whole conversation in its completion`() throws {
    let got = try export([Self.withSystem, Self.withTools], as: "axolotl")
    #expect(
      got.lines[0]
        == #"{"completion":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"b"}],"label":false}"#
    )
    #expect(got.report.losses.parts["tool definitions"] == 1)
    #expect(got.report.losses.parts["tool calls and other fields of messages"] == 1)
    #expect(got.report.files == ["train.jsonl", "axolotl.yaml"])
  }

  @Test func `HALOs has one array with the split of each item`() throws {
    let folder = try TemporaryFolder()
    try export([Self.plain, Self.withSystem], as: "halos", parts: ["train", "validation"], in: folder)
    var parser = JSONParser()
    let items = try #require(try parser.parse(folder.bytes(of: "out/feedback.json")).array)
    #expect(items.map { $0["split"]?.string } == ["train", "test"])
    #expect(items.map { $0["label"]?.int } == [1, 0])
    #expect(items.allSatisfy { $0["reward"]?.double != nil && $0["type"]?.string == "binary_feedback" })
  }

  @Test func `OpenAI has arguments as text, and null where a call has no text`() throws {
    let got = try export([Self.withTools], as: "openai")
    #expect(got.lines[0].contains(#""arguments":"{\"x\":1}""#))
    #expect(got.lines[0].contains(#"{"role":"assistant","content":null,"tool_calls""#))
    #expect(got.lines[0].contains(#""feedback":"thumbs_up""#))
  }

  @Test func `OpenAI's pairs take each answer once, and count those without a partner`() throws {
    func row(_ prompt: String, _ answer: String, _ label: Bool) -> String {
      #"{"prompt":"\#(prompt)","completion":"\#(answer)","label":\#(label)}"#
    }
    let rows = [
      row("q", "good", true), row("other", "x", true), row("q", "bad", false), row("q", "worse", false),
    ]
    let got = try export(rows, as: "openai-dpo")
    #expect(
      got.lines == [
        #"{"input":{"messages":[{"role":"user","content":"q"}]},"preferred_output":[{"role":"assistant","content":"good"}],"non_preferred_output":[{"role":"assistant","content":"bad"}]}"#
      ])
    #expect(got.report.losses.leftOut == ["an answer whose prompt has no answer of the other class": 2])
    #expect(got.report.parts[0].statistics.labels.total == 2)
  }

  @Test func `a Hugging Face folder names its parts, columns and counts`() throws {
    let folder = try TemporaryFolder()
    let report = try export([Self.plain, Self.withSystem], as: "hf", parts: ["train", "test"], in: folder)
    #expect(
      report.files == ["data/train-00000-of-00001.jsonl", "data/test-00000-of-00001.jsonl", "README.md"])
    let card = try folder.text(of: "out/README.md")
    #expect(card.hasPrefix("---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n"))
    #expect(card.contains("    path: data/test-*.jsonl\n"))
    #expect(card.contains("  - name: weight\n    dtype: float64\n"))
    #expect(card.contains("    num_examples: 1\n"))
    #expect(card.contains("| test | 1 | 0 | 1 | 3.0 | 2 | – | 1 |\n"))
  }

  @Test func `columns of messages with fields of their own are left to the reader`() throws {
    let folder = try TemporaryFolder()
    try export([Self.withTools], as: "hf", in: folder)
    #expect(try !folder.text(of: "out/README.md").contains("features:"))
  }

  @Test func `a part larger than a file may be has several, numbered with their count`() throws {
    let folder = try TemporaryFolder(["out/x": ""])
    var export = try HuggingFaceExport(
      ExportTarget(folder: folder.path("out"), parts: ["train"], force: false), fileByteCount: 200)
    var part = ExportedPart("train")
    for number in 0..<5 {
      let example = Example(
        id: "r\(number)", prompt: [Message(role: "user", content: "q\(number)")],
        completion: [Message(role: "assistant", content: "a")], label: true, group: "g",
        source: Source(file: "f", line: 1, byteOffset: 0))
      let row = StoredExample(json: EncodedExample(example).object(id: example.id, weight: nil))
      for written in try export.append(row, part: 0) { part.statistics.add(written) }
    }
    let names = try export.finish([part])
    #expect(names.count == 6 && names[4] == "data/train-00004-of-00005.jsonl")
    #expect(names.dropLast().allSatisfy { fileKind(folder.path("out/\($0)")) == .file })
  }

  @Test(arguments: exampleExports.map { $0.name }.filter { !$0.contains("parquet") })
  func `an export that was not finished leaves no file but its folders`(name: String) throws {
    let folder = try TemporaryFolder()
    do {
      let type = try #require(exampleExports.first { $0.name == name })
      var export = try type.init(ExportTarget(folder: folder.path, parts: ["train"], force: false))
      let example = Example(
        id: "r", prompt: [Message(role: "user", content: "q")],
        completion: [Message(role: "assistant", content: "a")], label: true, group: "g",
        source: Source(file: "f", line: 1, byteOffset: 0))
      let row = StoredExample(json: EncodedExample(example).object(id: example.id, weight: nil))
      _ = try export.append(row, part: 0)
    }
    #expect(try folder.names.filter { fileKind(folder.path($0)) == .file } == [])
  }

  @Test(arguments: exampleExports.map { $0.name }.filter { !$0.contains("parquet") })
  func `an export is replaced only with force, and then nothing of it stays`(name: String) throws {
    let folder = try TemporaryFolder()
    let rows = [Self.plain, Self.plain.replacing("true", with: "false")]
    try export(rows, as: name, parts: ["train", "dev"], in: folder)
    #expect(throws: FileError.self) { try export(rows, as: name, in: folder) }
    let report = try export(rows, as: "examples", force: true, in: folder)
    #expect(report.files == ["train.jsonl"])
    #expect(
      try folder.names(below: "out").filter { !$0.hasSuffix("/") } == ["kto-export.json", "train.jsonl"])
  }
}

extension TemporaryFolder {
  /// The paths of all files below a folder, sorted.
  fileprivate func names(below name: String) throws -> [String] {
    try folderEntries(path(name)).flatMap { entry in
      entry.kind == .folder
        ? try names(below: "\(name)/\(entry.name)").map { "\(entry.name)/\($0)" } : [entry.name]
    }.sorted()
  }
}
