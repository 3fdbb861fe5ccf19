internal import ArgumentParser
internal import KTOBuild
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTORun

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page about some data: verdict, classes, lengths, findings, samples.",
    discussion: """
      The page is one HTML file that loads nothing, for anyone who is to judge or to see the data. It quotes the data: share \
      it as you would share them. Folders that prepare wrote may be named, too: their splits are shown.
      A configuration gives the limits for labels, the class weights and the model, as for validate. Where there are errors \
      the page is written, and the exit code is 1.

      EXAMPLES:
        kto-data report data/raw --html report.html
        kto-data report data/raw/sharegpt.json --html - --samples 3 > report.html
      """)

  @Argument(
    help: "Files and folders; - is standard input, a folder stands for its files.", completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp("The page to write; - is standard output.", valueName: "file"), completion: .file())
  var html: String

  @Option(help: ArgumentHelp("What stands above it; by default the names of the inputs.", valueName: "text"))
  var title: String?

  @Option(help: ArgumentHelp("Examples of each class to leaf through; 0 quotes none.", valueName: "count"))
  var samples = 12

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(html)
    guard !paths.isEmpty || configuration.isGiven else {
      throw ValidationError("name files or folders to report on, or a configuration with --config")
    }
    guard (0...1000).contains(samples) else { throw ValidationError("--samples must be from 0 to 1000") }
  }

  func run() throws {
    let loaded = configuration.isGiven ? try configuration.loadWithoutModel() : RunConfiguration()
    let named = paths.isEmpty ? loaded.data.inputs : paths
    let prepared = named.filter { fileKind("\($0)/\(Manifest.fileName)") == .file }
    let raw = named.filter { !prepared.contains($0) }
    let files =
      raw.isEmpty
      ? []
      : try inputFiles(
        raw, output: OutputPlaces(files: [html], areNamed: false), home: environmentValue("HOME"))
    var report = DataReport(
      title: title ?? "Data report: " + named.map { excerpt($0, limit: 80) }.joined(separator: ", "))
    report.version = productVersion
    report.codes = codeCatalogue
    report.samples = SampleRows(limit: samples)
    report.prepared = try prepared.map { ($0, try Manifest(folder: $0)) }
    // Opened first, so that a file that must not be replaced is refused before the work.
    var page = try OutputFile(
      named: html, force: options.force, inputs: files.paths + reading.meanings(loaded.data))
    if !files.isEmpty { try read(files, loaded, into: &report) }
    try page.write(report.html())
    try page.commit()
    if report.account.errorCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private func read(_ files: InputFiles, _ loaded: RunConfiguration, into report: inout DataReport) throws {
    var pipeline = try reading.pipeline(loaded.data)
    pipeline.checks = try loaded.checkContext()
    pipeline.keepsMetadata = true
    pipeline.tokenizer = try cache.rowTokenizer(for: loaded.model)
    let progress = ReadingProgress(options.shown, files: files.paths, output: html)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        report.add(row)
        count += 1
        progress.show("report", rows: count)
      case .finding(let finding): report.add(finding)
      case .ended: break
      }
    }
    progress.end()
    for finding in cursor.finish() { report.add(finding) }
    report.account = cursor.account
    report.files = cursor.summaries
  }
}
