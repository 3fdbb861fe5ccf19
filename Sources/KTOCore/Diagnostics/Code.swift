/// One kind of finding: what its identifier means, why it matters, and what to do about it.
///
/// A code has one meaning and keeps it. Each target lists its own codes, `kto-data explain` and `docs/findings.md`
/// print them, and `--allow` accepts no others.
package struct Code: Sendable, Hashable, Identifiable {
  /// Stable, a letter and two digits, such as `E07`.
  package let id: String
  /// An error makes the command end with exit code 1.
  package let severity: Diagnostic.Severity
  /// What is wrong, in a few words without a full stop: `the same answer under both labels`.
  package let title: String
  /// Why it matters for training: one or two sentences.
  package let why: String
  /// A short input that has the finding.
  package let example: String
  /// What to do about it: one or two sentences.
  package let remedy: String

  package init(
    _ id: String, _ severity: Diagnostic.Severity, _ title: String, why: String, example: String,
    remedy: String
  ) {
    self.id = id
    self.severity = severity
    self.title = title
    self.why = why
    self.example = example
    self.remedy = remedy
  }
}
