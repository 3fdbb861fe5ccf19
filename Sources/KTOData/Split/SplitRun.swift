internal import KTOCore

/// Divides labelled examples into files of train, validation and test, and writes `split.json` beside them.
///
/// The input is read once: examples wait in a nameless scratch file, with about 40 bytes each in memory.
package struct SplitRun: ~Copyable {
  private let options: SplitOptions
  private var scratch: ScratchFile
  /// Where each row's JSON begins in the scratch file, and where its part behind the weight does.
  private var places: [(start: Int, tail: Int)] = []
  /// Weights that rows came with.
  private var ownWeights: [Int: Double] = [:]
  private var records = SplitRecords()

  private static let reportName = "split.json"

  /// The names of all files that a split may write in its folder, in whatever form.
  package static var fileNames: [String] {
    let files = SplitRatios.names.flatMap { split in exampleExports.map { $0.fileName(split: split) } }
    return Set(files + [reportName]).sorted()
  }

  /// - Parameter scratchFolder: where the scratch file lies; it must exist.
  package init(_ options: SplitOptions, scratchFolder: String) throws {
    // Made first, so that a failure leaves no half-made value.
    let scratch = try ScratchFile(folder: scratchFolder)
    self.options = options
    self.scratch = scratch
  }

  /// Notes an accepted row, whose options asked for its JSON.
  /// - Throws: `SplitError`, `FileError`.
  package mutating func append(_ row: Row) throws {
    guard let example = row.example, let fingerprint = row.fingerprint, let encoded = row.encoded else {
      return
    }
    try records.append(example, fingerprint)
    ownWeights[places.count] = example.weight
    let (head, tail) = encoded.parts(id: example.id)
    places.append((scratch.byteCount, scratch.byteCount + head.count))
    try scratch.append(head)
    try scratch.append(tail)
  }

  /// Plans the split and writes its files; a split without rows has none.
  /// - Parameter force: whether files that exist may be replaced.
  /// - Throws: `SplitError`, `FileError`, what the export throws.
  package mutating func write(
    to folder: String, as export: any ExampleExport.Type, force: Bool
  ) throws -> SplitReport {
    let plan = try SplitPlan(records, options)
    if plan.hasWeights, !export.keepsWeights { throw SplitError.weightsLost(export: export.name) }
    try makeDirectory(folder)
    try clear(folder, force: force)
    for (split, part) in plan.report.parts.enumerated() where part.rows > 0 {
      var writer = try export.init(folder: folder, split: part.name, force: force)
      for row in places.indices where plan.split(ofRow: row) == split {
        let weight = plan.weight(ownWeights[row], label: records.labels[row], split: split)
        try writer.append(StoredExample(json: try json(row, weight: weight)))
      }
      try writer.finish()
    }
    try writeFile("\(folder)/\(Self.reportName)", plan.report.json().indentedText.utf8 + [0x0A], force: force)
    return plan.report
  }

  /// Removes what an earlier run wrote, in whatever form, so that no file of another split stays beside the new ones.
  private func clear(_ folder: String, force: Bool) throws {
    for name in Self.fileNames where fileKind("\(folder)/\(name)") != nil {
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
