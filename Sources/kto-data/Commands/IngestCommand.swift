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
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default."
  )
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"))
  var output: String

  @Flag(help: "Write answers that nothing labels, too.")
  var keepUnlabelled = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to read, or a configuration with --config")
    }
  }

  func run() throws {
    let data = try configuration.isGiven ? configuration.load().data : DataConfiguration()
    let files = try inputFiles(
      paths.isEmpty ? data.inputs : paths, output: OutputPlaces(files: [output]),
      home: environmentValue("HOME"))
    var pipeline = reading.pipeline(data)
    pipeline.encodesExamples = true
    let cursor = RowCursor(files, pipeline)
    var file = try OutputFile(named: output, force: options.force, inputs: files.paths)
    let progress = ProgressLine(options)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings {
          progress.end()
          findings.show(finding)
        }
        count += 1
        if row.state == .accepted || keepUnlabelled && row.state == .dropped(.unlabelled) {
          try file.write(row.text + [0x0A])
        }
        progress.show("ingest", done: count, unit: "rows")
      case .finding(let finding):
        progress.end()
        findings.show(finding)
      case .ended: progress.end()
      }
    }
    try file.commit()
    findings.end()
    let report = (cursor.summaries.map(\.text) + cursor.account.lines).joined(separator: "\n") + "\n"
    // Where the examples go to standard output, the report does not.
    if output == "-" { options.terminal.error.writeError(report) } else { print(report, terminator: "") }
    if cursor.account.errorCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
