internal import KTOCore
internal import KTOTables

/// A Parquet file for each part, with the columns of the Hugging Face folder.
package struct ParquetExport: ExampleExport {
  package static let name = "parquet"
  package static let summary = "a Parquet file for each part, written by DuckDB"
  package static let keeps = Set(ExamplePart.allCases).subtracting([.source])

  package private(set) var losses = ExportLosses()
  private let target: ExportTarget
  private let files: ParquetFiles

  // JSON lines are what the parts of a split are in.
  package static func fileName(split: String) -> String? { nil }

  package static func files(in folder: String, parts: [String]) -> [String] { parts.map { $0 + ".parquet" } }

  package init(_ target: ExportTarget) throws {
    self.target = target
    files = try ParquetFiles(target, fileByteCount: .max)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    losses.note(example, keeping: Self.keeps)
    try files.append(example, part: part, &losses)
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    try files.finish { part, _, _ in target.parts[part] + ".parquet" }
  }
}

/// A folder as Hugging Face's `datasets` loads it, with Parquet files.
package struct HuggingFaceParquetExport: ExampleExport {
  package static let name = "hf-parquet"
  package static let summary = "the same as hf with data/*.parquet, written by DuckDB"
  package static let keeps = Set(ExamplePart.allCases).subtracting([.source])

  package private(set) var losses = ExportLosses()
  private let target: ExportTarget
  private let files: ParquetFiles

  package static func fileName(split: String) -> String? { nil }

  package static func files(in folder: String, parts: [String]) -> [String] {
    let data = (try? folderEntries("\(folder)/data").map(\.name)) ?? []
    return [HuggingFaceCard.fileName]
      + data.filter { NumberedFiles.isName($0, parts: parts, endings: ["parquet"]) }.map { "data/" + $0 }
  }

  package init(_ target: ExportTarget) throws {
    self.target = target
    files = try ParquetFiles(target, fileByteCount: HuggingFaceExport.defaultFileByteCount)
    try makeDirectory("\(target.folder)/data")
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    losses.note(example, keeping: Self.keeps)
    try files.append(example, part: part, &losses)
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    let names = try files.finish { part, number, count in
      "data/" + NumberedFiles.name(target.parts[part], number, of: count, ending: "parquet")
    }
    var card = HuggingFaceCard(
      parts: parts.enumerated().filter { $1.statistics.labels.total > 0 }.map { ($1, files.byteCounts[$0]) },
      columns: files.columns, fileByteCount: files.writtenByteCount)
    card.ending = "parquet"
    try writeFile("\(target.folder)/\(HuggingFaceCard.fileName)", card.text.utf8, force: target.force)
    return names + [HuggingFaceCard.fileName]
  }
}

/// Rows that wait as JSON lines in scratch files until DuckDB makes Parquet of them.
///
/// A class because it owns the files, which copies of an export share.
private final class ParquetFiles {
  private let target: ExportTarget
  private let writer: ParquetWriter
  private let fileByteCount: Int
  private var files: [[Lines]]
  private(set) var columns = HuggingFaceColumns()
  /// Of the Parquet files.
  private(set) var writtenByteCount = 0

  private final class Lines {
    var file: ScratchFile
    init(folder: String) throws { file = try ScratchFile(folder: folder) }
  }

  init(_ target: ExportTarget, fileByteCount: Int) throws {
    self.target = target
    self.fileByteCount = fileByteCount
    writer = try ParquetWriter(library: target.duckDB)
    files = target.parts.map { _ in [] }
  }

  /// Bytes of each part's rows.
  var byteCounts: [Int] { files.map { $0.reduce(0) { $0 + $1.file.byteCount } } }

  /// - Parameter losses: notes the fields of messages that the columns have no place for.
  func append(_ example: Example, part: Int, _ losses: inout ExportLosses) throws {
    for name in example.fieldsWithoutColumn { losses.note("\(name) of messages") }
    let json = Array(columns.value(of: example, messages: { $0.openAIJSON() }).jsonText.utf8)
    let lines: Lines
    if let last = files[part].last, last.file.byteCount + json.count + 1 <= fileByteCount {
      lines = last
    } else {
      lines = try Lines(folder: target.folder)
      files[part].append(lines)
    }
    try lines.file.append(json)
    try lines.file.append([0x0A])
  }

  /// Writes all files under other names, and then gives them theirs.
  /// - Parameter name: of a file, by its part, its number in it, and their count.
  func finish(name: (Int, Int, Int) -> String) throws -> [String] {
    var written: [(temporary: String, name: String)] = []
    defer { for file in written { removeFile(file.temporary) } }
    for (part, lines) in files.enumerated() {
      for (number, file) in lines.enumerated() {
        let name = name(part, number, lines.count)
        let temporary = partialPath(for: "\(target.folder)/\(name)")
        written.append((temporary, name))
        try writer.write(try file.file.readablePath(), to: temporary, columns: columns.sqlColumns)
        writtenByteCount += fileByteCount(of: temporary)
      }
    }
    for file in written { try publishFile(file.temporary, as: "\(target.folder)/\(file.name)") }
    return written.map(\.name)
  }

  private func fileByteCount(of path: String) -> Int { (try? FileByteSource(path: path).byteCount) ?? 0 }
}

extension HuggingFaceColumns {
  /// Names and types, as SQL has them. Calls of tools have the one type that OpenAI's form gives them.
  fileprivate var sqlColumns: [(name: String, type: String)] {
    var fields = "role VARCHAR, content VARCHAR"
    if !areMessagesPlain {
      fields += ", name VARCHAR, tool_call_id VARCHAR, tool_calls STRUCT(id VARCHAR, type VARCHAR, "
      fields += "\"function\" STRUCT(name VARCHAR, arguments VARCHAR))[]"
    }
    let messages = "STRUCT(\(fields))[]"
    var columns = [
      ("id", "VARCHAR"), ("prompt", messages), ("completion", messages), ("label", "BOOLEAN"),
      ("group", "VARCHAR"),
    ]
    if hasWeights { columns.append(("weight", "DOUBLE")) }
    if hasTools { columns.append(("tools", "VARCHAR")) }
    if hasMetadata { columns.append(("metadata", "VARCHAR")) }
    return columns
  }
}

extension Example {
  /// Fields of its messages and of their tool calls that OpenAI's form does not have, each once.
  fileprivate var fieldsWithoutColumn: [String] {
    var names: Set<String> = []
    var parser = JSONParser()
    for message in prompt + completion {
      guard let extra = message.extra, let fields = try? parser.parse(Array(extra.utf8)).object else {
        continue
      }
      names.formUnion(
        fields.members.map(\.key).filter { !["name", "tool_call_id", "tool_calls"].contains($0) })
      for call in fields["tool_calls"]?.array ?? [] {
        for member in call.object?.members ?? [] where !["id", "type", "function"].contains(member.key) {
          names.insert("tool_calls[].\(member.key)")
        }
        for member in call["function"]?.object?.members ?? []
        where !["name", "arguments"].contains(member.key) {
          names.insert("tool_calls[].function.\(member.key)")
        }
      }
    }
    return names.sorted()
  }
}
