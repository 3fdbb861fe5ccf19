import Foundation
import KTOTestSupport
import Testing

/// The examples in each command's help, run as they are in a folder with the repository's data.
struct HelpExampleTests {
  /// In an order in which each finds what it reads; the others need nothing.
  private static let order = [
    [], ["ingest"], ["split"], ["export"], ["import-hf"], ["prepare"], ["verify"], ["inspect"], ["train"],
    ["generate"], ["compare"], ["export-adapter"], ["merge"],
    ["init"], ["config", "show"], ["config", "schema"], ["doctor"], ["model", "list"], ["model", "show"],
    ["model", "verify"], ["tokenize"], ["detokenize"], ["render"], ["validate"], ["explain"], ["formats"],
  ]
  /// What has no file in the repository to run with.
  private static let notRun = [["model", "import"]]

  /// What makes it shorter: fewer steps and tokens show the same.
  private func less(_ line: String) -> String {
    switch line.split(separator: " ").dropFirst().first {
    case "train": " --set training.max_steps=2 --set training.checkpoint_steps=1"
    case "generate", "compare": " --max-tokens 4"
    default: ""
    }
  }

  private func help(_ command: [String]) throws -> String {
    try CommandLineTool.run(command + ["--help"], environment: ["COLUMNS": "80"]).output
  }

  /// The lines behind `EXAMPLES:`, those that a backslash continues joined.
  private func examples(_ command: [String]) throws -> [String] {
    let text = try help(command)
    let part = try #require(text.components(separatedBy: "\nEXAMPLES:\n").dropFirst().first, "\(command)")
    return part.components(separatedBy: "\n\n")[0].replacingOccurrences(of: "\\\n", with: "")
      .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private func subcommands(_ command: [String]) throws -> [[String]] {
    guard let list = try help(command).components(separatedBy: "\nSUBCOMMANDS:\n").dropFirst().first else {
      return [command]
    }
    let names = list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    return try names.filter { $0 != "See" }.flatMap { try subcommands(command + [$0]) }
  }

  @Test func `every command has examples`() throws {
    let commands = try subcommands([])
    #expect(commands.count > 20)
    #expect(Set(commands) == Set(Self.order.dropFirst() + Self.notRun))
    for command in commands { #expect(try !examples(command).isEmpty) }
  }

  @Test func `every example runs, and no line of it is broken`() throws {
    let folder = try TemporaryFolder()
    for name in ["data", "config", "schemas", "README.md"] {
      try folder.link(name, to: CommandLineTool.package.appending(path: name).path)
    }
    for command in Self.order {
      for line in try examples(command) {
        let script = "kto-data() { \"$program\" \"$@\"; }; program=$0; \(line)\(less(line))"
        let result = try CommandLineTool.run(shell: script, in: folder.url)
        #expect(result.exitCode == 0, "\(line): \(result.error)")
      }
    }
  }
}
