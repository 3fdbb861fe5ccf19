internal import ArgumentParser
internal import KTOCore
internal import KTOData

/// What `ingest` and `label` share: rows from files, those that can be used written as examples, and the account of all.
struct ExampleWriting {
  var files: InputFiles
  var pipeline: PipelineOptions
  /// What else is read, and is not to be written to.
  var meanings: [String]
  /// Nil where nothing is written.
  var output: String?
  var keepsUnlabelled = false
  var shownFindings: Int
  var options: OutputOptions
  /// What progress calls the work.
  var name: String

  /// - Parameters:
  ///   - look: called for every row.
  ///   - report: lines before the account of the rows.
  /// - Throws: `ExitCode` where a record cannot be used or no example has a label.
  func run(look: (Row) -> Void = { _ in }, report: () -> [String] = { [] }) throws {
    var pipeline = pipeline
    pipeline.encodesExamples = output != nil
    pipeline.keepsMetadata = true
    let progress = ReadingProgress(options.shown, files: files.paths, output: output)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var file: OutputFile?
    if let output {
      file = try OutputFile(named: output, force: options.force, inputs: files.paths + meanings)
    }
    var findings = FindingList(limit: shownFindings, terminal: options.terminal.error)
    try cursor.readAll(as: name, progress, showing: &findings) { row in
      look(row)
      if row.state == .accepted || keepsUnlabelled && row.isWithoutVerdict {
        try file?.write(row.text + [0x0A])
      }
    }
    try file?.commit()
    let lacksLabels = cursor.account.examples > 0 && cursor.account.accepted.total == 0 && !keepsUnlabelled
    if lacksLabels { findings.show(cursor.nothingLabelled) }
    findings.end()
    let lines = cursor.summaries.map(\.text) + report() + cursor.account.lines
    let text = lines.joined(separator: "\n") + "\n"
    // Where the examples go to standard output, the report does not.
    if output == "-" { options.terminal.error.writeError(text) } else { print(text, terminator: "") }
    if cursor.account.errorCount > 0 || lacksLabels { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}

extension Row {
  fileprivate var isWithoutVerdict: Bool {
    if case .dropped(let reason) = state { reason.isWithoutVerdict } else { false }
  }
}
