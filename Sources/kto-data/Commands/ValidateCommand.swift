internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTORun

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check raw conversations or examples, and say what is wrong where.",
    discussion: """
      Findings go to standard error as file:line:column, the report to standard output. Nothing is written.
      A configuration gives the limits for labels, the class weights and the model, whose tokenizer and chat template then \
      check lengths and boundaries too (E03, E05, E06). kto-data explain CODE says what a finding means.

      EXAMPLES:
        kto-data validate data/raw
        kto-data validate --config config/config_test_kto.yaml --show 3
        kto-data validate data/raw/sharegpt.json --json
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp("Codes whose errors do not fail the run, as in E02,E04.", valueName: "codes"))
  var allow: AllowedCodes?

  @Flag(help: "Print the report as JSON, with the findings that are shown.")
  var json = false

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var shown: ProgressOptions

  func validate() throws {
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to check, or a configuration with --config")
    }
  }

  func run() throws {
    let loaded = configuration.isGiven ? try configuration.loadWithoutModel() : RunConfiguration()
    let files = try inputFiles(paths.isEmpty ? loaded.data.inputs : paths, home: environmentValue("HOME"))
    var pipeline = reading.pipeline(loaded.data)
    pipeline.checks = loaded.checkContext
    pipeline.allowedCodes = allow?.codes ?? []
    if !loaded.model.name.isEmpty {
      let tokenizer = try ModelTokenizer(
        folder: cache.resolve(loaded.model.name, revision: loaded.model.revision))
      pipeline.tokenizer = RowTokenizer(tokenizer: tokenizer, maxLength: loaded.model.maxSequenceLength)
    }
    let progress = ReadingProgress(shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var findings = FindingList(limit: findingOptions.show, terminal: shown.terminal.error)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings { findings.show(finding, after: progress.end) }
        count += 1
        progress.show("validate", rows: count)
      case .finding(let finding): findings.show(finding, after: progress.end)
      case .ended: break
      }
    }
    progress.end()
    for finding in cursor.finish() { findings.show(finding) }
    findings.end()
    let report = ValidationReport(
      files: cursor.summaries, account: cursor.account, findings: findings.shown)
    if json {
      print(report.json { catalogued($0)?.title }.jsonText)
    } else {
      print(report.text(), terminator: "")
    }
    if report.account.errorCount(allowing: pipeline.allowedCodes) > 0 {
      throw ExitCode(ExitStatus.findings.rawValue)
    }
  }
}
