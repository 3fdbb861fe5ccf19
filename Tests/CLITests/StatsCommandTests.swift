import Foundation
import KTOTestSupport
import Testing

struct StatsCommandTests {
  private let raw = CommandLineTool.package.appendingPathComponent("data/raw").path

  @Test func `the sample's classes are counted`() throws {
    let result = try CommandLineTool.run(["stats", raw])
    #expect(result.output.contains("completion characters"))
    #expect(result.output.hasPrefix("Classes and sources\n"))
    #expect(result.exitCode == 0)
  }

  @Test func `two files' statistics, merged, are those of both files`() throws {
    let folder = try TemporaryFolder()
    for name in ["sharegpt.json", "hh_rlhf.jsonl"] {
      _ = try CommandLineTool.run(["stats", "\(raw)/\(name)", "-o", "\(name).stats"], in: folder.url)
    }
    let merged = try CommandLineTool.run(
      ["stats", "--merge", "sharegpt.json.stats", "--merge", "hh_rlhf.jsonl.stats", "--json"], in: folder.url)
    let both = try CommandLineTool.run(["stats", "\(raw)/sharegpt.json", "\(raw)/hh_rlhf.jsonl", "--json"])
    #expect(merged.output == both.output)
    #expect(merged.exitCode == 0)
  }

  @Test func `a file that holds no statistics is named`() throws {
    let folder = try TemporaryFolder()
    try folder.write("[]", to: "no.json")
    let result = try CommandLineTool.run(["stats", "--merge", "no.json"], in: folder.url)
    #expect(result.error.contains("no.json"))
    #expect(result.exitCode == 2)
  }
}
