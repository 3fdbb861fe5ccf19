import Foundation
import KTOTestSupport
import Testing

/// Words on the command line that are nearly right.
struct UsageHintTests {
  @Test(arguments: [
    (["validat"], "did you mean 'kto-data validate'?"), (["trian"], "did you mean 'kto-data train'?"),
    (["model", "lst"], "did you mean 'kto-data model list'?"),
    (["list"], "did you mean 'kto-data model list'?"),
    (["help", "validat"], "did you mean 'kto-data validate'?"), (["xyzzy"], "the commands are "),
    (["validate", "x", "--format", "sharegtp"], "did you mean 'sharegpt'?"),
    (["validate", "x", "--color", "alway"], "did you mean 'always'?"),
    (["split", "x", "-o", "y", "--to", "tlr"], "did you mean 'trl'?"),
    (["formats", "sharegtp"], "did you mean sharegpt?"), (["explain", "E99"], "did you mean E09?"),
    (["explain", "E0"], "codes that begin with E0 are E00, E01"),
    (["validate", "x", "--allow", "E02,E99"], "did you mean E09?"),
    (["validate", "x", "--allow", "W04"], "W04 is a warning, which stops nothing"),
    (["train", "--confg", "x"], "Did you mean '--config'?"),
  ])
  func `wrong usage ends with 64 and says what was meant`(arguments: [String], hint: String) throws {
    let result = try CommandLineTool.run(arguments)
    #expect(result.error.contains(hint), "\(result.error)")
    #expect(result.output == "" && result.exitCode == 64)
  }

  @Test func `a model's name that is nearly right ends with the right one`() throws {
    let models = CommandLineTool.package.appending(path: "data/models").path
    for name in ["kto-data/tiny-mistrl", "tiny-mistral", "KTO-data/Tiny-Mistral"] {
      let result = try CommandLineTool.run(["tokenize", "hi", "--model", name, "--cache", models])
      #expect(result.error.contains("; did you mean kto-data/tiny-mistral?"))
      #expect(result.exitCode == 2)
    }
  }

  @Test func `a path that is nearly right ends with the right one`() throws {
    let folder = try TemporaryFolder(["data/raw/rows.jsonl": "{}\n"])
    let result = try CommandLineTool.run(["validate", "dta/raw/rows.json"], in: folder.url)
    #expect(result.error.contains("; did you mean data/raw/rows.jsonl?"))
    #expect(result.exitCode == 2)
  }
}
