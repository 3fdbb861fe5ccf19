/// This tool's own form: an example a line, with id, group, weight and source.
package struct ExamplesExport: ExampleExport {
  package static let name = "examples"
  package static let summary = "an example a line, with id, group, weight and source; what prepare reads back"
  package static let keeps = Set(ExamplePart.allCases)

  package let losses = ExportLosses()
  private let files: PartLines

  package static func fileName(split: String) -> String? { split + ".jsonl" }

  package static func files(in folder: String, parts: [String]) -> [String] { parts.map { $0 + ".jsonl" } }

  package init(_ target: ExportTarget) throws {
    files = PartLines(target)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    try files.append(row.json, part: part)
    return [try row.example()]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] { try files.finish() }
}
