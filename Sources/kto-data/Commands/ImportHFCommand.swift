internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct ImportHFCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-hf",
    abstract: "Read a data set folder of Hugging Face into examples, its splits kept.",
    discussion: """
      The splits are those of the configs in README.md, or of the names of files, as in data/train-00000-of-00002.parquet. \
      Writes a file of examples for each and split.json, as split does, so that prepare and export keep them. Nothing is \
      downloaded. Where a record cannot be used nothing is written, unless --allow names its code. Parquet files are read \
      with DuckDB's library, which KTO_DUCKDB may name.

      EXAMPLES:
        kto-data import-hf dataset -o imported
      """)

  @Argument(help: ArgumentHelp("The folder.", valueName: "dir"), completion: .directory)
  var folder: String

  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("The folder to write.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    name: .customLong("configuration"),
    help: ArgumentHelp("The configuration to read, where README.md has several.", valueName: "name"))
  var configurationName: String?

  @Option(
    help: ArgumentHelp("Codes whose errors do not stop the import, as in E02,E04.", valueName: "codes"))
  var allow: [AllowedCodes] = []

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if output == "-" { throw ValidationError("--output is a folder here, not standard output") }
  }

  func run() throws {
    let parts = try PartFiles.huggingFace(folder, configuration: configurationName)
    let files = parts.files
    for name in SplitRun.fileNames(in: output, parts: parts.parts.map(\.name))
    where files.paths.contains(where: { isSameFile($0, "\(output)/\(name)") }) {
      throw FileError.isInput(path: "\(output)/\(name)")
    }
    let partOfFile = parts.parts.enumerated().flatMap { part in part.element.files.map { _ in part.offset } }
    var pipeline = try reading.pipeline(DataConfiguration())
    pipeline.encodesExamples = true
    pipeline.keepsMetadata = true
    pipeline.allowedCodes = allow.codes
    var run = try SplitRun(SplitOptions(), scratchFolder: pipeline.scratchFolder)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    let progress = ReadingProgress(options.shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    try cursor.readAll(as: "import-hf", progress, showing: &findings) { row in
      if row.state == .accepted { try run.append(row, part: partOfFile[cursor.fileNumber]) }
    }
    findings.end()
    print((cursor.summaries.map(\.text) + cursor.account.lines).joined(separator: "\n"))
    guard cursor.account.errorCount(allowing: pipeline.allowedCodes) == 0 else {
      print("nothing was written")
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    let report = try run.write(
      to: output, as: PartExportName.standard.type, force: options.force, account: cursor.account,
      keeping: parts)
    let last = run.findings + report.findings()
    for finding in last { findings.show(finding) }
    print(report.text)
    // The splits stay as they are, and who reads them is told what is wrong with them.
    guard last.allSatisfy({ $0.severity != .error || pipeline.allowedCodes.contains($0.code) }) else {
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }
}
