package import KTOCore

/// Divides labelled examples into a file for each part, and writes `split.json` beside them.
///
/// The input is read once: examples wait in a nameless scratch file, with about 50 bytes each in memory.
package struct SplitRun: ~Copyable {
  private let options: SplitOptions
  private var scratch: ScratchFile
  /// Where each row's JSON begins in the scratch file, and where its part behind the weight does.
  private var places: [(start: Int, tail: Int)] = []
  /// Weights that rows came with.
  private var ownWeights: [Int: Double] = [:]
  private var records = SplitRecords()

  private var fields: RowFields
  /// The part of each row, where parts are kept.
  private var partOfRow: [UInt8] = []
  /// What the export had no place for, once it was written.
  package private(set) var losses = ExportLosses()

  package static let reportName = "split.json"

  /// The names of all files that a split into these parts writes in its folder, in whatever form, and of those that an
  /// earlier one has written there.
  package static func fileNames(in folder: String, parts: [String]) -> [String] {
    let names = SplitRatios.standardNames + KeptParts.names(inReportOf: folder) + parts
    let files = filePerPartExports.flatMap { $0.files(in: folder, parts: names) }
    return Set(files + [reportName]).sorted()
  }

  /// - Parameter scratchFolder: where the scratch file lies; it must exist.
  package init(_ options: SplitOptions, scratchFolder: String) throws {
    // Made first, so that a failure leaves no half-made value.
    let scratch = try ScratchFile(folder: scratchFolder)
    self.options = options
    self.scratch = scratch
    fields = RowFields(options)
  }

  /// Notes an accepted row, whose options asked for its JSON.
  /// - Throws: `SplitError`, `FileError`.
  /// - Parameter part: the number of the part that the row is in already, where parts are kept.
  package mutating func append(_ row: Row, part: Int? = nil) throws {
    guard var example = row.example, let fingerprint = row.fingerprint, var encoded = row.encoded else {
      return
    }
    let keys = try fields.keys(of: example)
    try records.append(example, fingerprint, keys: keys)
    if let group = keys.group {
      // So that who reads the files keeps together what was kept together here.
      example.group = group
      encoded = EncodedExample(example)
    }
    ownWeights[places.count] = example.weight
    if let part { partOfRow.append(UInt8(part)) }
    let (head, tail) = encoded.parts(id: example.id)
    places.append((scratch.byteCount, scratch.byteCount + head.count))
    try scratch.append(head)
    try scratch.append(tail)
  }

  /// What is to be told beside the report, once all rows were taken.
  package var findings: [Diagnostic] { fields.findings }

  /// Plans the split and writes its files; a part without rows has none.
  /// - Parameters:
  ///   - force: whether files that exist may be replaced.
  ///   - keeping: the parts that the rows are in and stay in; each row was appended with its number.
  ///   - account: what became of the rows before they came here; it is written too.
  /// - Throws: `SplitError`, `FileError`, what the export throws.
  package mutating func write(
    to folder: String, as export: any ExampleExport.Type, force: Bool, account: RowAccount? = nil,
    keeping parts: PartFiles? = nil
  ) throws -> SplitReport {
    try fields.check()
    let kept = parts.map { KeptParts(names: $0.parts.map(\.name), origin: $0.origin, partOfRow: partOfRow) }
    let plan = try SplitPlan(records, options, fields: fields, keeping: kept)
    return try write(plan, to: folder, as: export, force, account)
  }

  /// Writes a folder for each fold, `fold-1` and so on: its rows are `validation` there, all others `train`.
  /// - Returns: the report of each fold.
  /// - Throws: as `write(to:)`, and `SplitError.badFolds`.
  package mutating func write(
    folds count: Int, to folder: String, as export: any ExampleExport.Type, force: Bool,
    account: RowAccount? = nil
  ) throws -> [SplitReport] {
    try fields.check()
    let foldOfRow = try SplitPlan.folds(of: records, options, count: count)
    try makeDirectory(folder)
    return try (0..<count).map { fold in
      let parts = KeptParts(
        names: ["train", "validation"], origin: "fold \(fold + 1) of \(count)",
        partOfRow: foldOfRow.map { Int($0) == fold ? 1 : 0 })
      let plan = try SplitPlan(records, options, fields: fields, keeping: parts)
      return try write(plan, to: "\(folder)/\(Self.foldName(fold + 1))", as: export, force, account)
    }
  }

  /// The name of a fold's folder, by its number from 1.
  package static func foldName(_ number: Int) -> String { "fold-\(number)" }

  private mutating func write(
    _ plan: SplitPlan, to folder: String, as export: any ExampleExport.Type, _ force: Bool,
    _ account: RowAccount?
  ) throws -> SplitReport {
    if plan.hasWeights, !export.keeps.contains(.weight) { throw SplitError.weightsLost(export: export.name) }
    try makeDirectory(folder)
    try clear(folder, parts: plan.report.parts.map(\.name), force: force)
    let names = plan.report.parts.map(\.name)
    var writer = try export.init(ExportTarget(folder: folder, parts: names, force: force))
    var parts = names.map { ExportedPart($0) }
    for split in parts.indices {
      for row in places.indices where plan.split(ofRow: row) == split {
        let weight = plan.weight(ownWeights[row], label: records.labels[row], split: split)
        let stored = StoredExample(json: try json(row, weight: weight))
        for written in try writer.append(stored, part: split) { parts[split].statistics.add(written) }
      }
    }
    _ = try writer.finish(parts)
    losses = writer.losses
    let files = parts.filter { $0.statistics.labels.total > 0 }.compactMap { part in
      export.fileName(split: part.name).map { (part.name, $0) }
    }
    var json = plan.report.json(files: Dictionary(uniqueKeysWithValues: files))
    if let account, case .object(var object) = json {
      object.members += account.json().filter { $0.0 != "codes" }.map {
        JSONObject.Member($0.0, JSONNode($0.1))
      }
      json = .object(object)
    }
    try writeFile("\(folder)/\(Self.reportName)", json.indentedText.utf8 + [0x0A], force: force)
    return plan.report
  }

  /// Removes what an earlier run wrote, in whatever form, so that no file of another split stays beside the new ones.
  private func clear(_ folder: String, parts: [String], force: Bool) throws {
    for name in Self.fileNames(in: folder, parts: parts) where fileKind("\(folder)/\(name)") != nil {
      guard force else { throw FileError.exists(path: "\(folder)/\(name)") }
      removeFile("\(folder)/\(name)")
    }
  }

  private mutating func json(_ row: Int, weight: Double?) throws -> [UInt8] {
    let place = places[row]
    let end = row + 1 < places.count ? places[row + 1].start : scratch.byteCount
    let head = try scratch.read(at: place.start, count: place.tail - place.start)
    let tail = try scratch.read(at: place.tail, count: end - place.tail)
    return EncodedExample.joined(head, weight: weight, tail)
  }
}
