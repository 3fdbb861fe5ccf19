import Foundation
import KTOTestSupport
import Testing

/// `label`: rules of the user's own, and what each took.
struct LabelCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder([
      "rules.yaml":
        "rules:\n  - {kind: thumbs}\n  - {kind: score, field: stars, desirable_from: 4, undesirable_to: 2}\n",
      "rows.jsonl": """
      {"prompt":"a","completion":"x","label":true}
      {"prompt":"b","completion":"y","stars":1}
      {"prompt":"c","completion":"z","label":"meh"}

      """,
    ])
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Result {
    try CommandLineTool.run(arguments, in: folder.url)
  }

  @Test func `examples that a rule labels are written, and every row is accounted for`() throws {
    let result = try run("label", "--rules", "rules.yaml", "rows.jsonl", "-o", "out.jsonl")
    #expect(result.exitCode == 0, "\(result.error)")
    #expect(result.output.hasSuffix("- left out by the label rule           1  (no rule takes it)\n"))
    let lines = try folder.text(of: "out.jsonl").split(separator: "\n")
    #expect(lines.map { $0.contains(#""label":true"#) } == [true, false])
    #expect(lines.map { $0.contains(#""label":false"#) } == [false, true])
  }

  @Test func `with --explain alone nothing is written`() throws {
    let result = try run("label", "--rules", "rules.yaml", "--explain", "rows.jsonl")
    #expect(result.exitCode == 0)
    #expect(
      result.output.contains("2. score of /stars                     1  (0 desirable, 1 undesirable)\n"))
    #expect(result.output.contains("     rows.jsonl:3:1: \"label\" (\"meh\")\n"))
    #expect(try folder.names == ["rows.jsonl", "rules.yaml"])
  }

  @Test func `what has no label is written where it is asked for, without one`() throws {
    let result = try run("label", "--rules", "rules.yaml", "rows.jsonl", "-o", "-", "--keep-unlabelled")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.last?.contains(#""signal":{"word":"meh"}"#) == true)
    #expect(result.error.contains("records                                3"))
  }

  @Test func `the same file serves ingest through the configuration, and decides alone`() throws {
    let options = ["--set", "model.name=m", "--set", "data.label.rules=rules.yaml"]
    let result = try CommandLineTool.run(["ingest", "rows.jsonl", "-o", "-"] + options, in: folder.url)
    #expect(result.output.split(separator: "\n").count == 2, "\(result.error)")
    let both = try CommandLineTool.run(
      ["ingest", "rows.jsonl", "-o", "-"] + options + ["--set", "data.label.from=pair"], in: folder.url)
    #expect(both.exitCode == 1)
    #expect(both.error.contains("C05: data.label.rules: a file of rules decides alone"))
  }

  @Test func `files of rules and of mappings are never replaced`() throws {
    try folder.write("{prompt: prompt, completion: completion, label: label}\n", to: "map.yaml")
    let runs = [
      ["label", "--rules", "rules.yaml", "rows.jsonl", "-o", "rules.yaml", "--force"],
      ["label", "--rules", "rules.yaml", "--map", "map.yaml", "rows.jsonl", "-o", "map.yaml", "--force"],
      ["ingest", "--map", "map.yaml", "rows.jsonl", "-o", "map.yaml", "--force"],
      ["validate", "--map", "map.yaml", "rows.jsonl", "-o", "map.yaml", "--force"],
    ]
    let before = try ["rules.yaml", "map.yaml"].map { try folder.text(of: $0) }
    for arguments in runs {
      let result = try CommandLineTool.run(arguments, in: folder.url)
      #expect(result.exitCode == 2, "\(arguments): \(result.error)")
      #expect(result.error.contains("yaml is also an input"), "\(result.error)")
    }
    #expect(try ["rules.yaml", "map.yaml"].map { try folder.text(of: $0) } == before)
  }

  @Test func `wrong usage names what is missing`() throws {
    #expect(
      try run("label", "rows.jsonl", "--explain").error.contains("name a file of label rules with --rules"))
    #expect(try run("label", "--rules", "rules.yaml", "rows.jsonl").error.contains("--output"))
    let missing = try run("label", "--rules", "rule.yaml", "--explain", "rows.jsonl")
    #expect(missing.exitCode == 2)
    #expect(missing.error.contains("did you mean rules.yaml?"))
  }
}
