internal import KTOCore

/// Writes accepted rows in one form, and `kto-export.json` last: an export without it was not finished.
package struct ExportRun: ~Copyable {
  package static let reportName = "kto-export.json"

  private let target: ExportTarget
  private let type: any ExampleExport.Type
  private var export: any ExampleExport
  private var parts: [ExportedPart]

  /// The names of all files that an export into these parts writes in its folder, in this form, and of those that an
  /// earlier one has written there; those that name others come first.
  package static func fileNames(
    in folder: String, as type: any ExampleExport.Type, parts: [String]
  ) -> [String] {
    var names = [reportName] + type.files(in: folder, parts: parts)
    if let earlier = ExportReport.read(in: folder),
      let old = exampleExports.first(where: { $0.name == earlier.form })
    {
      names += old.files(in: folder, parts: earlier.parts).filter { !names.contains($0) }
    }
    return names
  }

  /// Makes the folder, and removes what an earlier export of this form left in it.
  /// - Parameter target: its parts are named as `SplitRatios.isName` allows.
  /// - Throws: `FileError`; `DuckDBError` where the form needs DuckDB.
  package init(to target: ExportTarget, as type: any ExampleExport.Type) throws {
    try makeDirectory(target.folder)
    let names = Self.fileNames(in: target.folder, as: type, parts: target.parts)
    let old = names.map { "\(target.folder)/\($0)" }.filter { fileKind($0) != nil }
    if let path = old.first, !target.force { throw FileError.exists(path: path) }
    // Made first, so that a failure leaves no half-made value, and nothing is removed for an export that cannot begin.
    let export = try type.init(target)
    for path in old { removeFile(path) }
    self.target = target
    self.type = type
    self.export = export
    parts = target.parts.map { ExportedPart($0) }
  }

  /// Takes an accepted row, whose options asked for its JSON.
  /// - Parameter part: a number of the parts.
  package mutating func append(_ row: Row, part: Int) throws {
    guard let example = row.example, let encoded = row.encoded else { return }
    let json = encoded.object(id: example.id, weight: example.weight)
    for written in try export.append(StoredExample(json: json), part: part) {
      parts[part].statistics.add(written)
    }
  }

  /// Gives the files their names, and writes the report last.
  /// - Parameter account: what became of the rows before they came here.
  package mutating func finish(account: RowAccount) throws -> ExportReport {
    let files = try export.finish(parts)
    let report = ExportReport(form: type.name, parts: parts, losses: export.losses, files: files)
    var members = report.json()
    members += account.json().filter { $0.0 != "codes" }
    let json = JSONValue.object(JSONObject(members.map { .init($0.0, JSONNode($0.1)) }))
    try writeFile("\(target.folder)/\(Self.reportName)", json.indentedText.utf8 + [0x0A], force: target.force)
    return report
  }
}

/// What an export wrote, and what it could not.
package struct ExportReport: Sendable {
  package let form: String
  package let parts: [ExportedPart]
  package let losses: ExportLosses
  /// Names in the folder.
  package let files: [String]

  /// For people, a line a part and a line for each kind of loss.
  package var text: String {
    var lines: [String] = []
    for part in parts {
      let labels = part.statistics.labels
      lines.append(
        "\(part.name): \(counted(labels.total, "row")), \(labels.desirable) desirable, \(labels.undesirable) undesirable"
      )
    }
    return (lines + losses.lines(form: form) + ["files: " + files.joined(separator: ", ")])
      .joined(separator: "\n")
  }

  func json() -> [(String, JSONValue)] {
    var members: [(String, JSONValue)] = [
      ("form", .string(form)),
      (
        "parts",
        .object(JSONObject(parts.map { .init($0.name, JSONNode($0.statistics.json())) }))
      ),
    ]
    members += losses.json()
    members.append(("files", .items(files.map { .string($0) })))
    return members
  }

  /// What an earlier export in a folder was of; nil where there is none.
  static func read(in folder: String) -> (form: String, parts: [String])? {
    var parser = JSONParser(maxDepth: 64)
    guard let bytes = try? readFile("\(folder)/\(ExportRun.reportName)", limit: 64 << 20),
      let report = try? parser.parse(bytes), let form = report["form"]?.string
    else { return nil }
    return (form, (report["parts"]?.object?.members ?? []).map(\.key).filter { SplitRatios.isName($0) })
  }
}
