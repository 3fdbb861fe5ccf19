internal import KTOCore

/// A folder as Hugging Face's `datasets` loads it: `README.md` with the parts and the columns, and
/// `data/train-00000-of-00002.jsonl`, ….
///
/// Tools and metadata are texts that hold their JSON, so that each column has one type in all rows.
package struct HuggingFaceExport: ExampleExport {
  package static let name = "hf"
  package static let summary =
    "a data set folder for Hugging Face: README.md with parts, columns and statistics, and data/*.jsonl"
  package static let keeps = Set(ExamplePart.allCases).subtracting([.source])
  /// The size at which a part's next file begins: 500 MB.
  package static let defaultFileByteCount = 500_000_000

  package private(set) var losses = ExportLosses()
  private let target: ExportTarget
  private let files: NumberedFiles
  private var columns = HuggingFaceColumns()

  package static func fileName(split: String) -> String? { nil }

  package static func files(in folder: String, parts: [String]) -> [String] {
    let data = (try? folderEntries("\(folder)/data").map(\.name)) ?? []
    return [HuggingFaceCard.fileName]
      + data.filter { NumberedFiles.isName($0, parts: parts, endings: ["jsonl"]) }.map { "data/" + $0 }
  }

  package init(_ target: ExportTarget) throws {
    try self.init(target, fileByteCount: Self.defaultFileByteCount)
  }

  init(_ target: ExportTarget, fileByteCount: Int) throws {
    self.target = target
    try makeDirectory("\(target.folder)/data")
    files = NumberedFiles(
      folder: "\(target.folder)/data", parts: target.parts, force: target.force, fileByteCount: fileByteCount)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    losses.note(example, keeping: Self.keeps)
    try files.append(Array(columns.value(of: example).jsonText.utf8), part: part)
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    let written = try files.finish()
    let card = HuggingFaceCard(
      parts: parts.enumerated().filter { $1.statistics.labels.total > 0 }.map { ($1, files.byteCounts[$0]) },
      columns: columns, fileByteCount: files.byteCounts.reduce(0, +))
    try writeFile("\(target.folder)/\(HuggingFaceCard.fileName)", card.text.utf8, force: target.force)
    return written.map { "data/" + $0 } + [HuggingFaceCard.fileName]
  }
}

/// The columns of a data set, as its rows need them.
struct HuggingFaceColumns {
  private(set) var hasWeights = false
  private(set) var hasTools = false
  private(set) var hasMetadata = false
  /// Whether each message is a role and a content, so that the columns of messages have one type.
  private(set) var areMessagesPlain = true

  /// A row; columns that it does not have are null in it.
  /// - Parameter messages: how a message is written.
  mutating func value(
    of example: Example, messages: (Message) -> JSONValue = { $0.json() }
  ) -> JSONValue {
    if (example.prompt + example.completion).contains(where: { $0.extra != nil }) { areMessagesPlain = false }
    var members: [JSONObject.Member] = [
      .init("id", JSONNode(.string(example.id))),
      .init("prompt", JSONNode(.items(example.prompt.map(messages)))),
      .init("completion", JSONNode(.items(example.completion.map(messages)))),
      .init("label", JSONNode(.bool(example.label ?? false))),
      .init("group", JSONNode(.string(example.group))),
    ]
    if let weight = example.weight {
      hasWeights = true
      members.append(.init("weight", JSONNode(.double(weight))))
    }
    if let tools = example.tools {
      hasTools = true
      members.append(.init("tools", JSONNode(.string(tools.jsonText))))
    }
    if let metadata = example.metadata {
      hasMetadata = true
      members.append(.init("metadata", JSONNode(.string(metadata.jsonText))))
    }
    return .object(JSONObject(members))
  }

  /// The columns in YAML, as `dataset_info` has them; nil where messages have fields that differ from row to row, whose
  /// types the reader finds itself.
  var yamlLines: [String]? {
    guard areMessagesPlain else { return nil }
    func messages(_ name: String) -> [String] {
      [
        "  - name: \(name)", "    list:", "    - name: role", "      dtype: string", "    - name: content",
        "      dtype: string",
      ]
    }
    func column(_ name: String, _ type: String) -> [String] { ["  - name: \(name)", "    dtype: \(type)"] }
    var lines = column("id", "string") + messages("prompt") + messages("completion")
    lines += column("label", "bool") + column("group", "string")
    if hasWeights { lines += column("weight", "float64") }
    if hasTools { lines += column("tools", "string") }
    if hasMetadata { lines += column("metadata", "string") }
    return lines
  }
}
