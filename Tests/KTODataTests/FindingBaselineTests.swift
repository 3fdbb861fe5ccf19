import Foundation
import KTOCore
import KTOTestSupport
import Testing

@testable import KTOData

/// Which findings a baseline knows again.
struct FindingBaselineTests {
  private static let empty = #"{"prompt":"q","completion":"","label":true}"#
  private static let sound = #"{"prompt":"p","completion":"r","label":true}"#

  /// All findings of some lines, of a file with that name.
  private func collected(
    _ lines: [String], name: String = "rows.jsonl", baseline: FindingBaseline? = nil,
    _ change: (inout FindingCollection.Options) -> Void = { _ in }
  ) throws -> FindingCollection {
    let folder = try TemporaryFolder()
    try folder.write(lines.joined(separator: "\n") + "\n", to: name)
    var options = FindingCollection.Options()
    options.folder = folder.url.path
    options.writesBaseline = baseline == nil
    change(&options)
    var collection = FindingCollection(options, baseline: baseline)
    let cursor = RowCursor([folder.url.appending(path: name).path])
    while let event = try cursor.next() {
      switch event {
      case .row(let row): for finding in row.findings { _ = collection.add(finding, of: row) }
      case .finding(let finding): _ = collection.add(finding)
      case .ended: break
      }
    }
    for finding in cursor.finish() { _ = collection.add(finding) }
    return collection
  }

  private func baseline(_ lines: [String]) throws -> FindingBaseline {
    try #require(try collected(lines).written)
  }

  @Test func `a row that moves is known again`() throws {
    let known = try baseline([Self.empty, #"{"prompt":"q","completion":"r","label":-1}"#])
    let later = try collected(
      [Self.sound, Self.sound, #"{"prompt":"q","completion":"r","label":-1}"#, Self.empty], baseline: known)
    #expect(later.knownCount == 2)
    #expect(later.failureCount == 0)
    #expect(later.baseline?.count == 0)
  }

  @Test func `a row that was edited is new, and the entry for it is gone`() throws {
    let later = try collected(
      [#"{"prompt":"another","completion":"","label":true}"#], baseline: try baseline([Self.empty]))
    #expect(later.knownCount == 0)
    #expect(later.failureCount == 1)
    #expect(later.baseline?.count == 1)
  }

  @Test func `the same row in another file is new`() throws {
    let later = try collected([Self.empty], name: "other.jsonl", baseline: try baseline([Self.empty]))
    #expect(later.failureCount == 1)
  }

  @Test func `a copy of a row that is known is new`() throws {
    let later = try collected([Self.empty, Self.empty], baseline: try baseline([Self.empty]))
    #expect(later.knownCount == 1)
    #expect(later.failureCount == 1)
  }

  @Test func `what is written fails nothing, and what is too much for a baseline does`() throws {
    #expect(try collected([Self.empty, Self.empty]).failureCount == 0)
    let cut = try collected([Self.empty, Self.empty]) { $0.limit = 1 }
    #expect(cut.unwrittenCount == 1)
    #expect(cut.failureCount == 1)
  }

  @Test func `a baseline is read as it was written`() throws {
    let folder = try TemporaryFolder()
    let written = try baseline([Self.empty, Self.empty, #"{"prompt":"q","completion":"r","label":-1}"#])
    try folder.write(written.text, to: "known.json")
    let read = try FindingBaseline(path: folder.url.appending(path: "known.json").path)
    #expect(read.text == written.text)
    #expect(read.count == 3)
  }

  @Test(arguments: [
    "", "[]", #"{"version":2,"findings":[]}"#, #"{"version":1,"findings":[{"code":"E01"}]}"#,
    #"{"version":1,"findings":[{"code":"E01","file":"","pointer":"","content":"","count":0}]}"#,
  ])
  func `a file that is no baseline is refused`(text: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "known.json")
    #expect(throws: FindingBaselineError.self) {
      try FindingBaseline(path: folder.url.appending(path: "known.json").path)
    }
  }

  @Test func `a report counts what the baseline knows`() throws {
    let later = try collected([Self.empty], baseline: try baseline([Self.empty, Self.empty]))
    let report = ValidationReport(files: [], account: RowAccount(), shown: [], collection: later)
    #expect(report.text().hasSuffix("of these in the baseline: 1; in the baseline alone: 1\n"))
    #expect(report.json { _ in nil }.jsonText.contains(#""baseline":{"known":1,"gone":1}"#))
  }
}
