import Foundation
import KTOTestSupport
import Testing

struct ExitCodeTests {
  @Test func `a file that is not there ends the run with 2 and one line`() throws {
    let result = try CommandLineTool.run(["config", "show", "--config", "/nowhere/run.yaml"])
    #expect(result.error == "kto-data: error: cannot open /nowhere/run.yaml: No such file or directory\n")
    #expect(result.exitCode == 2)
  }

  @Test(arguments: [
    ["config", "show", "--sett", "a=b"], ["no-such-command"], ["config", "show", "--set", "a"],
  ])
  func `wrong usage ends with 64`(arguments: [String]) throws {
    #expect(try CommandLineTool.run(arguments).exitCode == 64)
  }

  @Test func `the version and the help end with 0`() throws {
    let version = try CommandLineTool.run(["--version"])
    #expect(version.output.hasPrefix("kto-data 0.1.0 (commit "))
    #expect(version.exitCode == 0)
    #expect(try CommandLineTool.run(["--help"]).exitCode == 0)
  }

  @Test func `colour is off in a pipe and on when it is asked for`() throws {
    #expect(try !CommandLineTool.run(["doctor"]).output.contains("\u{1B}"))
    #expect(try CommandLineTool.run(["doctor", "--color", "always"]).output.contains("\u{1B}[32m✓"))
  }

  @Test func `doctor finds the errors of a configuration`() throws {
    let folder = try TemporaryFolder()
    try folder.write("model: {nam: a/b}\n", to: "run.yaml")
    let result = try CommandLineTool.run(["doctor", "--config", "run.yaml"], in: folder.url)
    #expect(result.error.contains("run.yaml:1:9: error: C01: unknown key 'model.nam'"))
    #expect(result.output.contains("✗ Configuration"))
    #expect(result.exitCode == 1)
  }

  @Test(arguments: ["explain E07", "stats data/raw/sharegpt.json --json", "formats"])
  func `what standard output does not take ends with 2`(command: String) throws {
    let result = try CommandLineTool.run(
      shell: "\"$0\" \(command) > /dev/full", in: CommandLineTool.package)
    #expect(result.exitCode == 2)
    #expect(result.error.contains("error: cannot write standard output: No space left on device"))
  }
}
