internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTOTokenizer
internal import KTOTrain

extension InputFormat: ExpressibleByArgument {}

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check raw conversations or examples, and say what is wrong where.",
    discussion: """
      Findings go to standard error as file:line:column, the report to standard output. Nothing is written.
      A configuration gives the limits for labels, the class weights and the model, whose tokenizer and chat template then \
      check lengths and boundaries too (E03, E05, E06).
      """)

  @Argument(help: "Files and folders; a folder stands for its files. Those of the configuration by default.")
  var paths: [String] = []

  @Option(help: "How the files are written; by default it is told from each file's first 64 records.")
  var format: InputFormat?

  @Option(
    help: ArgumentHelp("Codes whose errors do not fail the run, as in E02,E04.", valueName: "codes"))
  var allow: String?

  @Option(help: ArgumentHelp("Show at most so many findings of one code; 0 shows all.", valueName: "count"))
  var show = 10

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var schemas: SchemaOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard show >= 0 else { throw ValidationError("--show must not be negative") }
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to check, or a configuration with --config")
    }
  }

  func run() throws {
    let loaded = configuration.isGiven ? try configuration.load() : RunConfiguration()
    var options = ValidationOptions(
      desirableWeight: loaded.kto.lambdaDesirable, undesirableWeight: loaded.kto.lambdaUndesirable)
    if configuration.isGiven {
      options.tokenizer = try ModelTokenizer(
        folder: cache.resolve(loaded.model.name, revision: loaded.model.revision))
      options.maxLength = loaded.model.maxSequenceLength
    }
    var run = ValidationRun(
      format: RawFormat(format ?? loaded.data.format), schemas: try schemas.load(),
      rule: LabelRule(loaded.data.label), options: options)
    var findings = FindingList(limit: show, terminal: terminal.error)
    func take(_ event: ValidationEvent) {
      if case .diagnostic(let diagnostic) = event { findings.show(diagnostic) }
    }
    for file in try inputFiles(paths.isEmpty ? loaded.data.inputs : paths) {
      try run.read(path: file) { take($0) }
    }
    run.finish { take($0) }
    findings.end()
    print(json ? run.report.json().jsonText : run.report.text(), terminator: json ? "\n" : "")
    let allowed = Set((allow ?? "").split(separator: ",").map { String($0) })
    if run.report.errorCount(allowing: allowed) > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
