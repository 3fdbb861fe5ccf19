import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// What every member of a list must have, whatever the members are.
struct ListTests {
  /// Names are what users type: unique, lower case, joined by hyphens; a summary is one line without a full stop.
  private func expectSound(_ members: [(name: String, summary: String)]) {
    #expect(Set(members.map(\.name)).count == members.count)
    for (name, summary) in members {
      #expect(!name.isEmpty && name.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".contains($0) })
      #expect(!summary.isEmpty && !summary.hasSuffix(".") && !summary.contains("\n"))
    }
  }

  @Test func `formats, label rules and exports have names to type and a summary`() {
    expectSound(recordFormats.map { ($0.name, $0.summary) })
    expectSound(labelRules.map { ($0.name, $0.summary) })
    expectSound(repairs.map { ($0.name, $0.summary) })
    expectSound(exampleExports.map { ($0.name, $0.summary) })
  }

  @Test(arguments: recordFormatNames)
  func `a format's sample tells it from the others and makes labelled examples`(name: String) throws {
    let format = try #require(recordFormat(named: name))
    let got = try ingest(format.sample)
    #expect(got.summary.format == name)
    #expect(got.codes == [])
    #expect(got.summary.ignoredFields == [:])
    #expect(!got.examples.isEmpty && got.examples.allSatisfy { $0.label != nil })
    #expect(!format.fields.isEmpty && Set(format.fields).count == format.fields.count)
  }

  @Test(arguments: recordFormatNames)
  func `a format's schema accepts its sample`(name: String) throws {
    let format = try #require(recordFormat(named: name))
    #expect(try ingestStrictly(format.sample).codes == [])
  }

  @Test func `containers have names, and the last takes whatever comes`() {
    #expect(Set(recordContainers.map { $0.name }).count == recordContainers.count)
    #expect(recordContainers.allSatisfy { !$0.summary.isEmpty })
    #expect(recordContainers.last == JSONLines.self)
  }

  @Test(arguments: ["E", "W", "V"] as [Character]) func `the codes are sound`(family: Character) {
    #expect(problems(in: dataCodes.filter { $0.id.first == family }, family: family) == [])
  }

  @Test func `every code is of a family that has a test`() {
    #expect(dataCodes.allSatisfy { "EWV".contains($0.id.prefix(1)) })
  }

  @Test func `each check's codes are in the list of all`() {
    let listed = Set(dataCodes.map(\.id))
    #expect(checks.flatMap { $0.codes }.allSatisfy { listed.contains($0.id) })
  }

  /// Codes of checks whose example is records; the others describe what a record cannot show.
  private static let shown = checks.flatMap { $0.codes }.filter { $0.example.hasPrefix("{") }

  @Test(arguments: shown.map(\.id)) func `a code's example has its finding`(id: String) throws {
    let code = try #require(dataCodes.first { $0.id == id })
    let got = try ingest(code.example) { $0.checks = CheckContext() }
    #expect((got.codes + got.setFindings.map(\.code)).contains(id))
  }
}
