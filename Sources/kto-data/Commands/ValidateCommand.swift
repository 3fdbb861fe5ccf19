internal import ArgumentParser
internal import Foundation
internal import KTOBuild
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTORun

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check raw conversations or examples, and say what is wrong where.",
    discussion: """
      Findings go to standard error as file:line:column, the report to standard output or to the file of -o.
      For CI, --report sarif, junit and github list every finding, whatever --show says, up to 100,000.
      With --baseline only what is new counts. A finding is known by its code, its file, its place in the record and what \
      the row says (prompt, completion, label, tools), not by its line: other rows may come and go.
      A configuration gives the limits for labels, the class weights and the model, whose tokenizer and chat template then \
      check lengths and boundaries too (E03, E05, E06). kto-data explain CODE says what a finding means.

      EXAMPLES:
        kto-data validate data/raw
        kto-data validate --config config/config_test_kto.yaml --show 3
        kto-data validate data/raw/sharegpt.json --json
        kto-data validate data/raw/Posts.xml --schema schemas/stackexchange.xsd
        kto-data validate data/raw --report sarif -o findings.sarif
        kto-data validate data/raw --report github --show 1 --fail-on never
        kto-data validate data/raw --write-baseline known.json
        kto-data validate data/raw --baseline known.json --fail-on warning
        kto-data validate data/raw --annotator OwnerUserId
      """)

  @Argument(
    help:
      "Files and folders; - is standard input, a folder stands for its files. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp("Codes whose errors do not fail the run, as in E02,E04.", valueName: "codes"))
  var allow: [AllowedCodes] = []

  @Option(
    help: ArgumentHelp(
      "A field that names who gave a verdict, by its name or JSON pointer: agreement, rates and drift are reported (W12).",
      valueName: "field"))
  var annotator: RecordField?

  @Option(
    help: ArgumentHelp(
      "A JSON Schema (draft 2020-12) of your own, or an XML Schema where it ends in .xsd, that each raw record must keep to (E11).",
      valueName: "file"),
    completion: .file(extensions: ["json", "xsd"]))
  var schema: String?

  @OptionGroup var report: ReportOptions
  @OptionGroup var baselines: BaselineOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to check, or a configuration with --config")
    }
  }

  func run() throws {
    let loaded = configuration.isGiven ? try configuration.loadWithoutModel() : RunConfiguration()
    let files = try inputFiles(
      paths.isEmpty ? loaded.data.inputs : paths,
      output: OutputPlaces(files: [report.output] + baselines.files, areNamed: false),
      home: environmentValue("HOME"))
    var pipeline = try reading.pipeline(loaded.data)
    var context = try loaded.checkContext()
    if let annotator { context.limits.annotator = annotator.text }
    pipeline.checks = context
    pipeline.keepsMetadata = context.limits.annotator != nil
    pipeline.allowedCodes = allow.codes
    if let schema {
      let recordSchema = try RecordSchema(path: schema)
      pipeline.recordSchema = recordSchema
      if !recordSchema.unknownKeywords.isEmpty {
        let names = recordSchema.unknownKeywords.prefix(8).map { excerpt($0) }.joined(separator: ", ")
        options.terminal.error.writeError("\(schema): keywords that are not known mean nothing: \(names)\n")
      }
    }
    pipeline.tokenizer = try cache.rowTokenizer(for: loaded.model)
    let progress = ReadingProgress(options.shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var collecting = FindingCollection.Options()
    collecting.policy = FailurePolicy(report.failOn, allowing: pipeline.allowedCodes)
    collecting.keepsFindings = report.form.listsEveryFinding
    collecting.writesBaseline = baselines.writeBaseline != nil
    collecting.folder = FileManager.default.currentDirectoryPath
    var collection = FindingCollection(
      collecting, baseline: try baselines.baseline.map { try FindingBaseline(path: $0) })
    // Opened first, so that a file that must not be replaced is refused before the work.
    var file = try OutputFile(
      named: report.output, force: options.force, inputs: files.paths + reading.meanings(loaded.data))
    var known: AtomicFile?
    if let path = baselines.writeBaseline { known = try AtomicFile(path: path, force: options.force) }
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings where collection.add(finding, of: row) {
          findings.show(finding, after: progress.end)
        }
        count += 1
        progress.show("validate", rows: count)
      case .finding(let finding):
        if collection.add(finding) { findings.show(finding, after: progress.end) }
      case .ended: break
      }
    }
    progress.end()
    for finding in cursor.finish() where collection.add(finding) { findings.show(finding) }
    findings.end()
    if let failure = cursor.failure { throw failure }
    var result = ValidationReport(
      files: cursor.summaries, account: cursor.account, shown: findings.shown, collection: collection)
    result.notes = cursor.notes
    let reportContext = ReportContext(
      codes: codeCatalogue, version: productVersion, folder: collecting.folder, policy: collecting.policy)
    try report.form.write(result, reportContext) { try file.write($0) }
    try file.commit()
    try known?.write(collection.written?.text ?? "")
    try known?.commit()
    if collection.unwrittenCount > 0 {
      options.terminal.error.warn(
        "\(collection.unwrittenCount) findings are not in the baseline, which holds \(collecting.limit) at most"
      )
    }
    // A report that another program reads goes to a file; a person still sees the account.
    if report.output != "-", report.form != TextReport.self { print(result.text(), terminator: "") }
    if collection.failureCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }
}
