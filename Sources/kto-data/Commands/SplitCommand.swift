internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Divide labelled examples into train, validation and test.",
    discussion: """
      Reads examples, one JSON object a line, or any other format that carries its labels, and writes a file for \
      each of train, validation and test that has rows, and split.json. Examples of one prompt stay together, and no row \
      is ever repeated. Where a record cannot be used nothing is written, unless --allow names its code.
      """)

  @Argument(
    help: "Files and folders of examples, as ingest writes them; - is standard input.",
    completion: .file(extensions: ["jsonl"]))
  var examples: [String]

  @Option(
    name: [.short, .customLong("output")], help: ArgumentHelp("The folder to write.", valueName: "dir"))
  var output: String

  @Option(
    help: ArgumentHelp("Desirable/undesirable in each split, such as 50/50, or none.", valueName: "ratio"))
  var balance: Balance = Balance(value: nil)

  @Option(
    help: ArgumentHelp(
      "Shares of train, validation and test in percent: 100, 90/10 or 80/10/10.", valueName: "shares"))
  var ratios = "90/10"

  @Option(help: "What keeps examples together: the same prompt or group, the group alone, or nothing.")
  var groupBy: GroupBy = .prompt

  @Option(help: "How the balance is reached: surplus rows left out, or weights.")
  var strategy: BalanceStrategy = .downsample

  @Option(help: "Decides which groups go where and what is left out.")
  var seed: UInt64 = 42

  @Option(
    help: ArgumentHelp("Codes whose errors do not stop the split, as in E02,E04.", valueName: "codes"))
  var allow: AllowedCodes?

  @Option(help: ArgumentHelp("The form that is written: \(ExportName.help)"))
  var to = ExportName.standard

  @OptionGroup var reading: ReadingOptions
  @OptionGroup var findingOptions: FindingOptions
  @OptionGroup var options: OutputOptions

  func validate() throws {
    if output == "-" { throw ValidationError("--output is a folder here, not standard output") }
    do {
      _ = try SplitRatios(parsing: ratios)
    } catch {
      throw ValidationError("--ratios: \(error)")
    }
  }

  func run() throws {
    let split = SplitOptions(
      ratios: try SplitRatios(parsing: ratios), balance: balance.value, strategy: strategy, groupBy: groupBy,
      seed: seed)
    let files = try inputFiles(
      examples, output: OutputPlaces(folder: output, names: SplitRun.fileNames),
      home: environmentValue("HOME"))
    var pipeline = reading.pipeline(DataConfiguration())
    pipeline.encodesExamples = true
    pipeline.allowedCodes = allow?.codes ?? []
    var run = try SplitRun(split, scratchFolder: pipeline.scratchFolder)
    var findings = FindingList(limit: findingOptions.show, terminal: options.terminal.error)
    let cursor = RowCursor(files, pipeline)
    while let event = try cursor.next() {
      switch event {
      case .row(let row):
        for finding in row.findings { findings.show(finding) }
        if row.state == .accepted { try run.append(row) }
      case .finding(let finding): findings.show(finding)
      case .ended: break
      }
    }
    findings.end()
    guard cursor.account.errorCount(allowing: pipeline.allowedCodes) == 0 else {
      print((cursor.account.lines + ["nothing was written"]).joined(separator: "\n"))
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    let report = try run.write(to: output, as: to.type, force: options.force)
    for finding in report.findings { options.terminal.error.show(finding) }
    print(report.text)
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

/// A member of the list of exports.
struct ExportName: ExpressibleByArgument {
  var type: any ExampleExport.Type

  /// The first of the list.
  static let standard = ExportName(type: exampleExports[0])
  static let help = exampleExports.map { "\($0.name) is \($0.summary)" }.joined(separator: "; ") + "."

  private init(type: any ExampleExport.Type) { self.type = type }

  init?(argument: String) {
    guard let type = exampleExports.first(where: { $0.name == argument }) else { return nil }
    self.type = type
  }

  var defaultValueDescription: String { type.name }
  static var allValueStrings: [String] { exampleExports.map { $0.name } }
}

extension GroupBy: ExpressibleByArgument {}
extension BalanceStrategy: ExpressibleByArgument {}
