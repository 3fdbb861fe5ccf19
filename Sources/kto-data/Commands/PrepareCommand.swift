internal import ArgumentParser
internal import KTOBuild
internal import KTOCore
internal import KTOData
internal import KTOHub
internal import KTORun
internal import KTOTokenizer

struct PrepareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare", abstract: "Turn raw conversations into tokenized shards and their manifest.",
    discussion: """
      Ingest, label, validate, tokenize, split, balance, write. Where validation finds errors nothing is written, unless \
      --allow names their codes or --quarantine takes the bad rows, all sides of a contradiction among them.
      A folder that split wrote, or data.parts of the configuration, is divided already: its parts are kept as they are.

      EXAMPLES:
        kto-data prepare --config config/config_test_kto.yaml
        kto-data prepare --config config/config_test_kto.yaml -o other --jobs 1
      """)

  @Argument(
    help: "Files and folders of raw conversations. Those of the configuration by default.",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("The folder to write; data.shards of the configuration by default.", valueName: "dir"),
    completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp("Codes whose errors do not stop the run, as in E05,E06.", valueName: "codes"))
  var allow: [AllowedCodes] = []

  @Option(
    help: ArgumentHelp(
      "Put bad rows into quarantine.jsonl in this folder, with the reason.", valueName: "dir"),
    completion: .directory)
  var quarantine: String?

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if output == "-" { throw ValidationError("--output is a folder here, not standard output") }
  }

  func run() throws {
    let loaded = try configuration.load()
    let folder = try cache.resolve(loaded.model.name, revision: loaded.model.revision)
    let tokenizer = try ModelTokenizer(folder: folder)
    let inputs = paths.isEmpty ? loaded.data.inputs : paths
    let parts = try (paths.isEmpty ? loaded.data.parts.files() : nil) ?? PartFiles.split(in: inputs)
    let output = output ?? loaded.data.shards
    var places = OutputPlaces(folder: output, names: [Manifest.fileName])
    if let quarantine { places.files += OutputPlaces(folder: quarantine, names: ["quarantine.jsonl"]).files }
    let files =
      try parts?.files
      ?? inputFiles(inputs, output: places, home: environmentValue("HOME"))
    var pipeline = try reading.pipeline(loaded.data)
    pipeline.checks = try loaded.checkContext()
    pipeline.allowedCodes = allow.codes
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    let progress = ReadingProgress(options.shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let report = try prepare(
      files, pipeline, try settings(loaded, folder, parts), output: output, tokenizer: tokenizer
    ) { event in
      switch event {
      case .stage: break
      case .rows(.write, let count): progress.show("write", written: count)
      case .rows(_, let count): progress.show("read", rows: count)
      case .finding(let diagnostic): findings.show(diagnostic, after: progress.end)
      }
    }
    progress.end()
    findings.end()
    print(report.text)
    guard report.isWritten else {
      let codes = report.blocking.keys.sorted()
      print(
        "  fix them, " + (report.isBlockedByRows ? "or use --quarantine DIR to put such rows aside, " : "")
          + "or --allow "
          + codes.joined(separator: ",") + " to go on regardless")
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    print("shards: \(output)")
  }

  private func settings(
    _ loaded: RunConfiguration, _ folder: ModelFolder, _ parts: PartFiles?
  ) throws -> PrepareConfiguration {
    let split = loaded.data.split
    return PrepareConfiguration(
      split: SplitOptions(
        ratios: try split.ratios, balance: loaded.data.balance, groupBy: split.groupBy,
        stratify: split.strata, byTime: split.timeField, seed: UInt64(loaded.data.seed)),
      parts: parts, order: loaded.data.order, maxLength: loaded.model.maxSequenceLength,
      quarantine: quarantine, force: options.force, tool: "kto-data \(productVersion)",
      modelName: loaded.model.name, modelRevision: loaded.model.revision, modelCommit: folder.commit,
      effective: .members(["model": loaded.model.json, "data": loaded.data.json]), shapedBy: loaded.rowKeys)
  }
}
