import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

@Suite struct PrepareRawTests {
  /// The sample conversations of this repository.
  private let raw = "\(#filePath)".split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/data/raw"

  @Test func `the sample conversations become a hundred balanced rows that verify`() throws {
    let folder = try TemporaryFolder()
    let paths = try inputFiles([raw])
    var findings: [Diagnostic] = []
    let report = try prepare(
      paths, PipelineOptions(checks: CheckContext()),
      PrepareConfiguration(
        split: SplitOptions(balance: LabelBalance(desirable: 50, undesirable: 50)), maxLength: 4096,
        tool: "kto-data test", modelName: "org/bytes"),
      output: folder.path + "/out", tokenizer: ByteTokenizer(),
      events: { if case .finding(let finding) = $0 { findings.append(finding) } })
    #expect(findings.filter { $0.severity == .error } == [])
    #expect(report.account.examples == 103)
    #expect(report.written.desirable == 50)
    #expect(report.written.undesirable == 50)
    #expect(verify(folder: folder.path + "/out").isSound)
    let manifest = try Manifest(folder: folder.path + "/out")
    #expect(manifest.parents.map(\.path) == paths.paths)
  }
}
