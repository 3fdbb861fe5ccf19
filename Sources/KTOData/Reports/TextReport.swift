/// The account of the rows and a line a code, for a person.
package enum TextReport: FindingReport {
  package static let name = "text"
  package static let summary = "the account of the rows and a line a code"
  package static let listsEveryFinding = false

  package static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void
  ) throws {
    try write(Array(report.text().utf8))
  }
}
