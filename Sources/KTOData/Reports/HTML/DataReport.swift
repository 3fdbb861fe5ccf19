package import KTOCore

/// All that a page about some data says.
package struct DataReport: Sendable {
  package var title: String
  /// The program's version.
  package var version = ""
  /// The codes that findings may have.
  package var codes: [Code] = dataCodes
  package var statistics = DataStatistics()
  package var account = RowAccount()
  package var files: [FileSummary] = []
  /// Prepared data that is shown beside what was read.
  package var prepared: [(path: String, manifest: Manifest)] = []
  package var samples = SampleRows()
  /// The first findings of each code.
  package private(set) var excerpts: [String: [Diagnostic]] = [:]
  /// Findings of one code that are quoted.
  package static let excerptLimit = 5

  package init(title: String) { self.title = title }

  package mutating func add(_ finding: Diagnostic) {
    if (excerpts[finding.code]?.count ?? 0) < Self.excerptLimit {
      excerpts[finding.code, default: []].append(finding)
    }
  }

  package mutating func add(_ row: Row) {
    for finding in row.findings { add(finding) }
    guard row.state != .rejected, let counted = CountedRow(row) else { return }
    statistics.add(counted)
    samples.add(counted)
  }

  /// Whether the data can be trained on, in plain words.
  var verdict: (severity: Diagnostic.Severity?, title: String, text: String) {
    let usable = account.accepted
    let found = account.sortedFindings
    let errors = found.filter { $0.count.severity == .error }
    let warnings = found.filter { $0.count.severity == .warning }
    let classes =
      "\(counted(usable.total, "example")) can be used: \(usable.desirable) desirable "
      + "(\(percent(usable.desirable, of: usable.total))), \(usable.undesirable) undesirable "
      + "(\(percent(usable.undesirable, of: usable.total)))."
    let kinds = "\(counted(warnings.count, "kind")) of warning"
    if !errors.isEmpty {
      let total = errors.reduce(0) { $0 + $1.count.total }
      return (
        .error, "Not ready: \(counted(total, "error")) to fix or to allow",
        classes + " What has an error is left out" + (warnings.isEmpty ? "." : "; there is also \(kinds).")
      )
    }
    if account.accepted.total == 0, prepared.isEmpty {
      return (.error, "Nothing to train on", "No example with a label was found.")
    }
    if !warnings.isEmpty {
      return (.warning, "Usable, with \(kinds) to look at", classes)
    }
    if account.accepted.total == 0 { return (nil, "Prepared", "What was prepared is shown below.") }
    return (nil, "Ready: nothing was found", classes)
  }
}
