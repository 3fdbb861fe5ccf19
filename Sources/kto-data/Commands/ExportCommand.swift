internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write labelled examples in the form of another trainer.",
    discussion: """
      Reads examples, any other format that carries its labels, or a folder that split wrote or that is \
      a data set of Hugging Face, whose parts are kept; what has no parts becomes train. Writes a folder, and kto-export.json in it last. What the form has no place for is named \
      with counts; ends with 1 where an example could not be written at all, or a record could not be read.

      EXAMPLES:
        kto-data export examples.jsonl --to trl -o for-trl
        kto-data export splits --to llama-factory -o llama
        kto-data export data/raw --to hf -o dataset
      """)

  @Argument(
    help: "Files and folders of examples or raw conversations; - is standard input.", completion: .file())
  var paths: [String]

  @Option(help: ArgumentHelp("The form that is written: \(ExportName.help)"))
  var to: ExportName

  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("The folder to write.", valueName: "dir"),
    completion: .directory)
  var output: String

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if output == "-" { throw ValidationError("--output is a folder here, not standard output") }
    guard !paths.isEmpty else { throw ValidationError("name files or folders to export") }
  }

  /// The parts of a folder that split wrote, or of one that is a data set of Hugging Face.
  private func keptParts() throws -> PartFiles? {
    if let parts = try PartFiles.split(in: paths) { return parts }
    guard paths.count == 1, isHuggingFaceFolder(paths[0]) else { return nil }
    return try PartFiles.huggingFace(paths[0])
  }

  func run() throws {
    let kept = try keptParts()
    let partNames = kept?.parts.map(\.name) ?? ["train"]
    let names = ExportRun.fileNames(in: output, as: to.type, parts: partNames)
    let files: InputFiles
    if let kept {
      files = kept.files
      for name in names where files.paths.contains(where: { isSameFile($0, "\(output)/\(name)") }) {
        throw FileError.isInput(path: "\(output)/\(name)")
      }
    } else {
      files = try inputFiles(
        paths, output: OutputPlaces(folder: output, names: names), home: environmentValue("HOME"))
    }
    // The part of each file, in the order in which the cursor reads them.
    let partOfFile = (kept?.parts ?? []).enumerated().flatMap { part in
      part.element.files.map { _ in part.offset }
    }
    var pipeline = try reading.pipeline(DataConfiguration())
    pipeline.encodesExamples = true
    pipeline.keepsMetadata = true
    let progress = ReadingProgress(options.shown, files: files.paths, output: output)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var run = try ExportRun(
      to: ExportTarget(folder: output, parts: partNames, force: options.force, duckDB: pipeline.duckDB),
      as: to.type)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    try cursor.readAll(as: "export", progress, showing: &findings) { row in
      if row.state == .accepted {
        try run.append(row, part: kept == nil ? 0 : partOfFile[cursor.fileNumber])
      }
    }
    guard cursor.account.accepted.total > 0 else {
      if cursor.account.examples > 0 { findings.show(cursor.nothingLabelled) }
      findings.end()
      print((cursor.account.lines + ["nothing was written"]).joined(separator: "\n"))
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    let report = try run.finish(account: cursor.account)
    findings.end()
    print((cursor.summaries.map(\.text) + cursor.account.lines + [report.text]).joined(separator: "\n"))
    if cursor.account.errorCount > 0 || report.losses.leftOutCount > 0 {
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }
}
