package import KTOCore

/// A form in which what validation found is written, for a person or for another program.
///
/// To add one, write its file here and its line in `FindingReports.swift`; `--report`, help and completions read the
/// list. Text from data must not be able to break the form: each form escapes all that it did not write itself.
package protocol FindingReport: SendableMetatype {
  /// What `--report` takes.
  static var name: String { get }
  /// One line for help and documentation.
  static var summary: String { get }
  /// Whether it is given every finding, up to the limit of the collection, or those that are shown.
  static var listsEveryFinding: Bool { get }
  /// Writes the report in pieces, so that it is never in memory as a whole.
  /// - Throws: what `write` throws.
  static func write(
    _ report: ValidationReport, _ context: ReportContext, to write: ([UInt8]) throws -> Void) throws
}

/// What forms of reports need to know beside the report.
package struct ReportContext: Sendable {
  /// The codes that findings may have.
  package var codes: [Code]
  /// The version of the program.
  package var version: String
  /// The working folder, absolute: files below it are named relative to it.
  package var folder: String
  /// Which findings fail the run.
  package var policy: FailurePolicy

  package init(
    codes: [Code] = dataCodes, version: String = "", folder: String = "/",
    policy: FailurePolicy = FailurePolicy()
  ) {
    self.codes = codes
    self.version = version
    self.folder = folder
    self.policy = policy
  }

  func code(_ id: String) -> Code? { codes.first { $0.id == id } }
}

/// Which findings make a command end with exit code 1.
package struct FailurePolicy: Sendable {
  /// The least severity that does.
  package enum Threshold: String, Sendable, CaseIterable {
    case error, warning, never
  }

  package var threshold: Threshold
  /// Codes that do not, whatever their severity.
  package var allowed: Set<String>

  package init(_ threshold: Threshold = .error, allowing allowed: Set<String> = []) {
    self.threshold = threshold
    self.allowed = allowed
  }

  package func fails(_ finding: Diagnostic) -> Bool {
    guard !allowed.contains(finding.code) else { return false }
    return switch threshold {
    case .error: finding.severity == .error
    case .warning: finding.severity >= .warning
    case .never: false
    }
  }
}
