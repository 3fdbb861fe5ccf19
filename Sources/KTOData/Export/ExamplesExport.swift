/// This tool's own form: an example a line, with id, group, weight and source.
package struct ExamplesExport: ExampleExport {
  package static let name = "examples"
  package static let summary = "an example a line, with id, group, weight and source; what prepare reads back"

  package static let keepsWeights = true

  private var file: JSONLinesFile

  package init(folder: String, split: String, force: Bool) throws {
    file = try JSONLinesFile(path: "\(folder)/\(Self.fileName(split: split))", force: force)
  }

  package mutating func append(_ row: StoredExample) throws { try file.append(row.json) }

  package mutating func finish() throws { try file.finish() }
}
