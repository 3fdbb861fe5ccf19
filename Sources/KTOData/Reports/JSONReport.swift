internal import KTOCore

/// The account and the findings that are shown, as one JSON object.
package enum JSONReport: FindingReport {
  package static let name = "json"
  package static let summary = "one JSON object with the account and the findings that are shown"
  package static let listsEveryFinding = false

  package static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void
  ) throws {
    try write(Array((report.json { context.code($0)?.title }.jsonText + "\n").utf8))
  }
}
