package import KTOCore

/// What became of every record and every example; the same numbers in every command.
///
/// Two sums hold: a record holds examples, holds none, or is rejected whole; an example is accepted, rejected or left
/// out.
package struct RowAccount: Sendable, Equatable {
  /// How often a code was found, by the class of the example it was found on.
  package struct FindingCount: Sendable, Equatable {
    package var severity: Diagnostic.Severity
    /// Unlabelled: on records, on whole files, or on the set.
    package var classes = ClassCounts()

    package var total: Int { classes.total }
  }

  /// Whole records cut from the files.
  package private(set) var records = 0
  /// Records that belong to their format but hold no example.
  package private(set) var emptyRecords = 0
  /// Records that could not be converted.
  package private(set) var rejectedRecords = 0
  package private(set) var accepted = ClassCounts()
  /// The sums of the accepted examples' own weights.
  package private(set) var acceptedMasses = ClassMasses()
  package private(set) var rejected = ClassCounts()
  package private(set) var dropped: [DropReason: Int] = [:]
  /// By code, all severities.
  package private(set) var findings: [String: FindingCount] = [:]

  package init() {}

  package var examples: Int { accepted.total + rejected.total + droppedCount }
  package var droppedCount: Int { dropped.values.reduce(0, +) }
  package var errorCount: Int { errorCount(allowing: []) }

  /// Errors whose codes are not in the set.
  package func errorCount(allowing allowed: Set<String>) -> Int {
    findings.reduce(0) { sum, entry in
      entry.value.severity == .error && !allowed.contains(entry.key) ? sum + entry.value.total : sum
    }
  }

  mutating func addRecords(_ count: Int) { records += count }

  mutating func add(_ row: Row) {
    switch row.state {
    case .accepted:
      accepted.add(row.example?.label)
      if let example = row.example, let label = example.label {
        acceptedMasses.add(example.weight ?? 1, label: label)
      }
    case .dropped(let reason): dropped[reason, default: 0] += 1
    case .empty: emptyRecords += 1
    case .rejected where row.example == nil: rejectedRecords += 1
    case .rejected: rejected.add(row.example?.label)
    }
    for finding in row.findings { add(finding, label: row.example?.label) }
  }

  /// Notes that a row which was accepted is rejected after all.
  mutating func reject(_ finding: Diagnostic, label: Bool?) {
    var one = ClassCounts()
    one.add(label)
    accepted -= one
    rejected += one
    add(finding, label: label)
  }

  package mutating func add(_ finding: Diagnostic, label: Bool? = nil) {
    var count = findings[finding.code] ?? FindingCount(severity: finding.severity)
    count.severity = max(count.severity, finding.severity)
    count.classes.add(label)
    findings[finding.code] = count
  }

  /// Codes in order, errors before warnings.
  package var sortedFindings: [(code: String, count: FindingCount)] {
    findings.map { (code: $0.key, count: $0.value) }
      .sorted { ($1.count.severity, $0.code) < ($0.count.severity, $1.code) }
  }
}
