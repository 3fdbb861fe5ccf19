package import KTOCore

/// How one example is written where each part is a file of one JSON object a line.
package protocol ExportForm: SendableMetatype {
  /// What `--to` takes.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// What of an example is written beside its texts and its label.
  static var keeps: Set<ExamplePart> { get }
  /// The names of files beside the parts, which `companions` writes.
  static var companionNames: [String] { get }
  /// - Returns: nil where the form cannot hold the example, which is noted in `losses`.
  static func value(of example: Example, _ losses: inout ExportLosses) -> JSONValue?
  /// What says how the parts are to be read, by name.
  static func companions(_ parts: [ExportedPart], files: [String]) -> [String: String]
}

extension ExportForm {
  package static var companionNames: [String] { [] }
  package static func companions(_ parts: [ExportedPart], files: [String]) -> [String: String] { [:] }
}

/// A file of JSON lines for each part, by a form.
package struct LinesExport<Form: ExportForm>: ExampleExport {
  package static var name: String { Form.name }
  package static var summary: String { Form.summary }
  package static var keeps: Set<ExamplePart> { Form.keeps }

  package private(set) var losses = ExportLosses()
  private var files: PartLines

  package static func fileName(split: String) -> String? { split + ".jsonl" }

  package static func files(in folder: String, parts: [String]) -> [String] {
    Form.companionNames + parts.map { $0 + ".jsonl" }
  }

  package init(_ target: ExportTarget) throws {
    files = PartLines(target)
  }

  package mutating func append(_ row: StoredExample, part: Int) throws -> [Example] {
    let example = try row.example()
    guard let value = Form.value(of: example, &losses) else { return [] }
    losses.note(example, keeping: Form.keeps)
    try files.append(Array(value.jsonText.utf8), part: part)
    return [example]
  }

  package mutating func finish(_ parts: [ExportedPart]) throws -> [String] {
    var names = try files.finish()
    let companions = Form.companions(parts.filter { $0.statistics.labels.total > 0 }, files: names)
    for (name, text) in companions.sorted(by: { $0.key < $1.key }) {
      try writeFile("\(files.folder)/\(name)", text.utf8, force: files.force)
      names.append(name)
    }
    return names
  }
}

/// A file of JSON lines for each part that has rows; all appear when the last row was written.
///
/// A class because it owns the files, which copies of an export share.
final class PartLines {
  let folder: String
  let force: Bool
  private let names: [String]
  private var files: [JSONLinesFile?]

  init(_ target: ExportTarget) {
    folder = target.folder
    force = target.force
    names = target.parts.map { $0 + ".jsonl" }
    files = target.parts.map { _ in nil }
  }

  func append(_ json: [UInt8], part: Int) throws {
    let file: JSONLinesFile
    if let open = files[part] {
      file = open
    } else {
      file = try JSONLinesFile(path: "\(folder)/\(names[part])", force: force)
      files[part] = file
    }
    try file.append(json)
  }

  /// The names of the files, in the order of the parts.
  func finish() throws -> [String] {
    for file in files { try file?.finish() }
    return names.indices.filter { files[$0] != nil }.map { names[$0] }
  }
}
