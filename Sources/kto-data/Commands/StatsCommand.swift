internal import ArgumentParser
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTORun

struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Count what is in raw conversations or examples.",
    discussion: """
      Classes, lengths, turns, scripts, repetitions, groups, evidence for labels, users and annotators. Quantiles are off by \
      3% at most, and numbers of different examples, prompts and groups by about 1% where there are more than 16,384.
      The JSON of two inputs can be merged, which gives the statistics of both together; tokens must have been counted \
      with the same tokenizer and chat template.

      EXAMPLES:
        kto-data stats data/raw
        kto-data stats data/raw -o raw.json
        kto-data stats data/raw/sharegpt.json --json
        kto-data stats data/raw/sharegpt.json --merge raw.json
      """)

  @Argument(
    help: "Files and folders; - is standard input, a folder stands for its files.", completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "Statistics that -o or --json wrote before, to be added; may be repeated.", valueName: "file"),
    completion: .file())
  var merge: [String] = []

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Write the JSON to a file, too.", valueName: "file"), completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Count tokens, too, with this model's tokenizer and chat template.", valueName: "org/name|dir"),
    completion: .model)
  var model: String?

  @Option(help: "Branch, tag or commit of a model in the cache.")
  var revision = "main"

  @OptionGroup var cache: CacheOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    try checkPlainName(output)
    guard !paths.isEmpty || !merge.isEmpty else {
      throw ValidationError("name files or folders to count, or statistics to add with --merge")
    }
  }

  func run() throws {
    var statistics = DataStatistics()
    for path in merge { try statistics.merge(DataStatistics(path: path), of: path) }
    var errorCount = 0
    if !paths.isEmpty {
      errorCount = try count(into: &statistics)
    }
    if let output {
      try writeFile(output, statistics.json.jsonText.utf8 + [0x0A], force: options.force)
    }
    options.terminal.output.write(json ? statistics.json.jsonText + "\n" : statistics.text)
    if errorCount > 0 { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private func count(into statistics: inout DataStatistics) throws -> Int {
    let data = try configuration.isGiven ? configuration.loadWithoutModel().data : DataConfiguration()
    let files = try inputFiles(
      paths, output: OutputPlaces(files: [output].compactMap { $0 } + merge, areNamed: false),
      home: environmentValue("HOME"))
    var pipeline = try reading.pipeline(data)
    pipeline.keepsMetadata = true
    if let model {
      let tokenizer = try ModelTokenizer(folder: cache.resolve(model, revision: revision))
      try statistics.countTokens(
        with: TokenizerIdentity(model: model, tokenizer), of: paths.joined(separator: ", "))
      // Nothing is cut, so that all tokens are counted.
      pipeline.tokenizer = RowTokenizer(tokenizer: tokenizer, maxLength: Int(Int32.max))
    }
    let progress = ReadingProgress(options.shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    var count = 0
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings where finding.severity == .error {
          findings.show(finding, after: progress.end)
        }
        if row.state != .rejected, let counted = CountedRow(row) { statistics.add(counted) }
        count += 1
        progress.show("stats", rows: count)
      case .finding(let finding): findings.show(finding, after: progress.end)
      case .ended: break
      }
    }
    progress.end()
    findings.end()
    return cursor.account.errorCount
  }
}
