internal import ArgumentParser
internal import KTOCore
internal import KTOData

/// `--report`, a member of the list of reports.
struct ReportName: ExpressibleByArgument {
  var type: any FindingReport.Type

  /// The first of the list.
  static let standard = ReportName(type: findingReports[0])
  static let json = ReportName(type: JSONReport.self)
  static let help = findingReports.map { "\($0.name) is \($0.summary)" }.joined(separator: "; ") + "."

  private init(type: any FindingReport.Type) { self.type = type }

  init?(argument: String) {
    guard let type = findingReports.first(where: { $0.name == argument }) else { return nil }
    self.type = type
  }

  var defaultValueDescription: String { type.name }
  static var allValueStrings: [String] { findingReports.map { $0.name } }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

extension FailurePolicy.Threshold: ExpressibleByArgument {}

/// `--report`, `--json`, `--output` and `--fail-on`.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The form of the report: \(ReportName.help) (default: text)", valueName: "form"))
  var report: ReportName?

  @Flag(help: "Short for --report json.")
  var json = false

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp(
      "The file of the report; standard output by default, which otherwise gets the account.",
      valueName: "file"),
    completion: .file())
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "The least severity of findings that end the run with exit code 1.", valueName: "severity"))
  var failOn = FailurePolicy.Threshold.error

  func validate() throws {
    try checkPlainName(output)
    if json, let report, report.type != JSONReport.self {
      throw ValidationError("--json is short for --report json; name one form")
    }
  }

  var form: any FindingReport.Type { (report ?? (json ? .json : .standard)).type }
}

/// `--baseline` and `--write-baseline`.
struct BaselineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A file of --write-baseline: its findings are counted, but neither shown nor do they fail the run.",
      valueName: "file"),
    completion: .file())
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "Write all findings to a file for --baseline; those that are written do not fail the run.",
      valueName: "file"),
    completion: .file())
  var writeBaseline: String?

  func validate() throws { try checkPlainName(writeBaseline) }

  /// Files that are no data, wherever they lie.
  var files: [String] { [baseline, writeBaseline].compactMap { $0 } }
}
