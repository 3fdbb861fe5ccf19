internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Divide labelled examples into train, validation and other parts.",
    discussion: """
      Reads examples, one JSON object a line, or any other format that carries its labels, and writes a file for \
      each part that has rows, and split.json. Examples of one prompt stay together, and no row is ever repeated. Where \
      a record cannot be used nothing is written, unless --allow names its code.
      Prompts are one where they differ in white space or the case of letters alone; a conversation and the longer ones \
      that continue it stay together as well. --group-by FIELD keeps rows together that have the same value in a field \
      which their format does not read, such as a user's id, beside those of one prompt. --stratify gives every part the \
      same shares of long and short answers, of files, or of a field's values; --by-time trains on the oldest rows and \
      measures on later ones, groups whole by their latest row; --folds writes a folder for each fold of a cross-validation. prepare of a folder that is \
      written keeps its parts.

      EXAMPLES:
        kto-data split examples.jsonl -o splits
        kto-data split examples.jsonl -o even --ratios 80/10/10 --balance 50/50
        kto-data split examples.jsonl -o trl --to trl
        kto-data split examples.jsonl -o cv --folds 5 --stratify length,file
        kto-data split examples.jsonl -o later --ratios 80/20 --by-time CreationDate
      """)

  @Argument(
    help: "Files and folders of examples, as ingest writes them; - is standard input.", completion: .file())
  var examples: [String]

  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("The folder to write.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(
    help: ArgumentHelp("Desirable/undesirable in each split, such as 50/50, or none.", valueName: "ratio"))
  var balance: Balance = Balance(value: nil)

  @Option(
    help: ArgumentHelp(
      "Shares in percent: 100, 90/10 or 80/10/10 of train, validation and test, or of other parts, as in train=80,dev=20.",
      valueName: "shares"))
  var ratios: String?

  @Option(
    help: ArgumentHelp(
      "Folds of a cross-validation instead of shares: fold-1, fold-2 … in the output, each with its train and validation.",
      valueName: "count"))
  var folds: Int?

  @Option(
    help: ArgumentHelp(
      "What keeps examples together: prompt (or the same group), group alone, none, or beside prompt a field by its name or JSON pointer.",
      valueName: "key"))
  var groupBy: GroupBy = .prompt

  @Option(
    help: ArgumentHelp(
      "What every part has in the same shares beside the labels: length, file, or a field by its name or JSON pointer; several with commas.",
      valueName: "keys"))
  var stratify: Stratification = Stratification(by: [])

  @Option(
    help: ArgumentHelp(
      "A field with a time, by its name or JSON pointer: the oldest examples train, the latest are in the last part.",
      valueName: "field"))
  var byTime: RecordField?

  @Option(help: "How the balance is reached: surplus rows left out, or weights.")
  var strategy: BalanceStrategy = .downsample

  @Option(help: "Decides which groups go where and what is left out.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp("Codes whose errors do not stop the split, as in E02,E04.", valueName: "codes"))
  var allow: [AllowedCodes] = []

  @Option(help: ArgumentHelp("The form that is written: \(PartExportName.help)"))
  var to = PartExportName.standard

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if output == "-" { throw ValidationError("--output is a folder here, not standard output") }
    do {
      _ = try shares
    } catch {
      throw ValidationError("--ratios: \(error)")
    }
    if let folds {
      if ratios != nil { throw ValidationError("--folds divides evenly, so it takes no --ratios") }
      if byTime != nil {
        throw ValidationError(
          "--folds cannot go by time: each fold would train on what is later than it measures")
      }
      guard (2...50).contains(folds) else { throw ValidationError("--folds is a number from 2 to 50") }
    }
    if byTime != nil, !stratify.by.isEmpty {
      throw ValidationError("--by-time and --stratify cannot be used together: a time decides alone")
    }
  }

  private var shares: SplitRatios { get throws { try SplitRatios(parsing: ratios ?? "90/10") } }

  /// The files that may be written, below the output.
  private func outputNames(_ split: SplitOptions) -> [String] {
    guard let folds else { return SplitRun.fileNames(in: output, parts: split.ratios.names) }
    return (1...folds).map { SplitRun.foldName($0) }.flatMap { fold in
      SplitRun.fileNames(in: "\(output)/\(fold)", parts: []).map { "\(fold)/\($0)" }
    }
  }

  func run() throws {
    let split = SplitOptions(
      ratios: try shares, balance: balance.value, strategy: strategy, groupBy: groupBy, stratify: stratify.by,
      byTime: byTime, seed: seed)
    let files = try inputFiles(
      examples, output: OutputPlaces(folder: output, names: outputNames(split)),
      home: environmentValue("HOME"))
    var pipeline = try reading.pipeline(DataConfiguration())
    pipeline.encodesExamples = true
    pipeline.keepsMetadata = true
    pipeline.allowedCodes = allow.codes
    var run = try SplitRun(split, scratchFolder: pipeline.scratchFolder)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    let progress = ReadingProgress(options.shown, files: files.paths)
    pipeline.readCounter = progress.counter
    let cursor = RowCursor(files, pipeline)
    try cursor.readAll(as: "split", progress, showing: &findings) { row in
      if row.state == .accepted { try run.append(row) }
    }
    findings.end()
    guard cursor.account.errorCount(allowing: pipeline.allowedCodes) == 0 else {
      print((cursor.account.lines + ["nothing was written"]).joined(separator: "\n"))
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    let reports: [SplitReport]
    if let folds {
      reports = try run.write(
        folds: folds, to: output, as: to.type, force: options.force, account: cursor.account)
    } else {
      reports = [
        try run.write(to: output, as: to.type, force: options.force, account: cursor.account)
      ]
    }
    for finding in run.findings + reports.flatMap({ $0.findings() }) { findings.show(finding) }
    print(reports.map(\.text).joined(separator: "\n"))
    for line in run.losses.lines(form: to.type.name) where to.type.name != PartExportName.standard.type.name {
      print(line)
    }
    if cursor.account.droppedCount > 0 { print(cursor.account.lines.joined(separator: "\n")) }
  }
}

/// `50/50` or `none`.
struct Balance: ExpressibleByArgument {
  var value: LabelBalance?

  init(value: LabelBalance?) { self.value = value }

  init?(argument: String) {
    guard let value = LabelBalance.parse(argument) else { return nil }
    self.value = value
  }

  var defaultValueDescription: String { value?.description ?? "none" }
}

extension GroupBy: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }

  var defaultValueDescription: String { description }
  static var allValueStrings: [String] { [] }
}

extension BalanceStrategy: ExpressibleByArgument {}

/// `length,topic`.
struct Stratification: ExpressibleByArgument {
  var by: [StratifyBy]

  init(by: [StratifyBy]) { self.by = by }

  init?(argument: String) {
    by = []
    for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let key = StratifyBy(String(text)) else { return nil }
      by.append(key)
    }
  }

  var defaultValueDescription: String { "the labels alone" }
}

extension RecordField: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
