internal import KTOCore

/// A form in which labelled examples are written for a trainer to read: a folder with the rows of each part.
///
/// To add one, write its file here and its line in `ExampleExports.swift`; `--to`, help and documentation read the
/// list. Most are an `ExportForm`, which says how one example is written, and a line `LinesExport<Form>.self`.
package protocol ExampleExport: SendableMetatype {
  /// What `--to` takes.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// What of an example is written beside its texts and its label; the rest is counted as lost.
  static var keeps: Set<ExamplePart> { get }
  /// The file of a part, such as `train.jsonl`; nil where the parts have not one file each.
  static func fileName(split: String) -> String?
  /// The names of all files that an export into these parts may have written in a folder, those that name the others
  /// first.
  static func files(in folder: String, parts: [String]) -> [String]
  /// - Throws: `FileError`; `DuckDBError` where the form needs DuckDB.
  init(_ target: ExportTarget) throws
  /// What was lost so far.
  var losses: ExportLosses { get }
  /// - Parameter part: a number of the parts.
  /// - Returns: the examples that are written with it: none where the form cannot hold it, which is noted in `losses`,
  ///   or where it waits for another.
  mutating func append(_ row: StoredExample, part: Int) throws -> [Example]
  /// Writes what is left, gives every file its name, and writes what names the files last.
  /// - Parameter parts: what was appended.
  /// - Returns: the names of the files that were written, in their order.
  mutating func finish(_ parts: [ExportedPart]) throws -> [String]
}

/// Where an export goes.
package struct ExportTarget: Sendable {
  /// Exists.
  package var folder: String
  /// Names such as `train`, `validation` and `test`.
  package var parts: [String]
  /// Whether files that exist may be replaced.
  package var force: Bool
  /// DuckDB's library, which writes Parquet files, where it has another name or place than the usual one.
  package var duckDB: String?

  package init(folder: String, parts: [String], force: Bool, duckDB: String? = nil) {
    self.folder = folder
    self.parts = parts
    self.force = force
    self.duckDB = duckDB
  }
}

/// One part of what is exported, and what is in it.
package struct ExportedPart: Sendable, Equatable {
  package var name: String
  package var statistics = ExampleStatistics()

  package init(_ name: String) { self.name = name }
}

/// An example on its way to an export: its JSON as this tool writes it, and the value where a writer asks for it.
package struct StoredExample: Sendable {
  /// The object, without a line end.
  package let json: [UInt8]

  package init(json: [UInt8]) { self.json = json }

  /// - Throws: `JSONSyntaxError` for what this tool has not written.
  package func example() throws -> Example {
    var parser = JSONParser()
    var output = ConvertedRecord()
    let node = try parser.parse(json)
    UnpairedRecord().convert(node, into: &output)
    output.readID(of: node)
    guard let draft = output.drafts.first else { throw JSONSyntaxError(reason: .syntax, offset: 0) }
    return Example(
      id: output.id ?? "", prompt: draft.prompt.map(\.message), completion: draft.completion.map(\.message),
      label: node["label"]?.bool, group: draft.group ?? "", weight: draft.weight, tools: node["tools"]?.value,
      source: draft.source ?? Source(file: "", line: 0, byteOffset: 0), signals: draft.evidence.map(\.signal),
      metadata: (node["metadata"]?.object).map { .object($0) })
  }
}
