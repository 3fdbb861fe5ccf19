internal import ArgumentParser
internal import KTOCore
internal import KTOData

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check prepared data against its manifest.",
    discussion: """
      Reads every shard: hashes, sizes, counts, rows, and that no group lies on both sides of the split.

      EXAMPLES:
        kto-data verify test_data/shards
      """)

  @Argument(help: ArgumentHelp("The folder that prepare wrote.", valueName: "dir"), completion: .directory)
  var folder: String

  @OptionGroup var terminal: TerminalOptions

  func run() throws {
    let report = verify(folder: folder)
    for diagnostic in report.diagnostics { terminal.error.show(diagnostic) }
    let output = terminal.output
    let size =
      "\(counted(report.rows, "row")) in \(counted(report.shards, "shard")), \(byteText(report.byteCount))"
    guard report.isSound else {
      print("\(output.paint("✗", .red)) \(folder): \(size)")
      throw ExitCode(ExitStatus.findings.rawValue)
    }
    print("\(output.paint("✓", .green)) \(folder): \(size), root hash \(report.root)")
  }
}
