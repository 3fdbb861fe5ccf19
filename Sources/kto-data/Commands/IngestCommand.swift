internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTORun

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Turn raw conversations into labelled examples.",
    discussion: """
      Writes one JSON object a line, a superset of TRL's unpaired conversational format. Every record that can be used is \
      written; ends with 1 where one could not. Label limits come from the configuration, where one is given.

      EXAMPLES:
        kto-data ingest data/raw -o examples.jsonl
        kto-data ingest data/raw/Posts.xml -o - | head -n 1
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Write answers that nothing labels, too.")
  var keepUnlabelled = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to read, or a configuration with --config")
    }
  }

  func run() throws {
    let data = try configuration.isGiven ? configuration.loadWithoutModel().data : DataConfiguration()
    let files = try inputFiles(
      paths.isEmpty ? data.inputs : paths, output: OutputPlaces(files: [output]),
      home: environmentValue("HOME"))
    var pipeline = reading.pipeline(data)
    pipeline.encodesExamples = true
    pipeline.keepsMetadata = true
    let progress = ReadingProgress(options.shown, files: files.paths, output: output)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var file = try OutputFile(named: output, force: options.force, inputs: files.paths)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings { findings.show(finding, after: progress.end) }
        count += 1
        if row.state == .accepted || keepUnlabelled && row.state == .dropped(.unlabelled) {
          try file.write(row.text + [0x0A])
        }
        progress.show("ingest", rows: count)
      case .finding(let finding): findings.show(finding, after: progress.end)
      case .ended: progress.end()
      }
    }
    try file.commit()
    let lacksLabels = cursor.account.examples > 0 && cursor.account.accepted.total == 0 && !keepUnlabelled
    if lacksLabels { findings.show(cursor.nothingLabelled) }
    findings.end()
    let report = (cursor.summaries.map(\.text) + cursor.account.lines).joined(separator: "\n") + "\n"
    // Where the examples go to standard output, the report does not.
    if output == "-" { options.terminal.error.writeError(report) } else { print(report, terminator: "") }
    if cursor.account.errorCount > 0 || lacksLabels { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
