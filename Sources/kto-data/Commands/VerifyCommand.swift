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
        kto-data verify --schema
      """)

  @Argument(help: ArgumentHelp("The folder that prepare wrote.", valueName: "dir"), completion: .directory)
  var folder: String?

  @Flag(help: "Print the JSON Schema of manifest.json, as in schemas/.")
  var schema = false

  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    guard schema || folder != nil else { throw ValidationError("name the folder to check") }
  }

  func run() throws {
    if schema { return print(Manifest.schemaText) }
    guard let folder else { return }
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
