internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Divide labelled examples into train, validation and test.",
    discussion: """
      Reads examples, one JSON object a line, and writes train.jsonl, validation.jsonl, test.jsonl (those that have rows) and \
      split.json. Examples of one prompt stay together, and no row is ever repeated.
      """)

  @Argument(help: "Files of examples, as ingest writes them.", completion: .file(extensions: ["jsonl"]))
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

  @OptionGroup var options: OutputOptions

  func validate() throws {
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
    let report = try splitExamples(inputs: examples, output: output, options: split, force: options.force)
    for finding in report.findings { options.terminal.error.show(finding) }
    print(report.text)
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

extension GroupBy: ExpressibleByArgument {}
extension BalanceStrategy: ExpressibleByArgument {}
