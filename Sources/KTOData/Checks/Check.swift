package import KTOCore

/// One check of labelled examples: what it looks for, and its codes with all that `explain` says about them.
///
/// To add one, write its file here and its line in `Checks.swift`. See `docs/adding-a-check.md`.
package protocol Check: Sendable {
  /// The codes that only this check finds.
  static var codes: [Code] { get }
  /// Whether it takes only examples without errors, because it speaks of what will be trained on.
  static var takesOnlySound: Bool { get }
  /// Nil where there is nothing to check in this run.
  init?(_ context: CheckContext)
  /// Looks at one example by itself. Called on any thread, so it keeps nothing.
  func look(at row: CheckedRow, _ findings: inout RowFindings)
  /// Takes the examples one after another, in the order of the input, and keeps only counts or hashes.
  mutating func add(_ row: CheckedRow, _ findings: inout RowFindings)
  /// Adds what is wrong with the set as a whole. Called once, last.
  mutating func finish(_ findings: inout RowFindings)
  /// What it counted, in lines for the report, whatever it found. Asked for after `finish`.
  var notes: [String] { get }
  /// Why it could not be made as it was asked for, such as a field that no record has. Asked for after `finish`.
  var failure: SplitError? { get }
}

extension Check {
  package static var takesOnlySound: Bool { false }
  package func look(at row: CheckedRow, _ findings: inout RowFindings) {}
  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {}
  package mutating func finish(_ findings: inout RowFindings) {}
  package var notes: [String] { [] }
  package var failure: SplitError? { nil }
}

/// What checks need to know beside the examples.
package struct CheckContext: Sendable {
  /// Class weights of the loss (λ_D, λ_U), which W01 compares with the class counts.
  package var desirableWeight: Double
  package var undesirableWeight: Double
  /// The ratio that surplus rows will be left out for.
  package var balance: LabelBalance?
  /// Benchmarks whose texts W11 looks for; nil where none is named.
  package var benchmarks: BenchmarkIndex?
  /// False where the numbers of the classes are judged later, by who knows which rows will train.
  package var judgesClasses = true
  /// From where on checks warn.
  package var limits = CheckConfiguration()

  package init(
    desirableWeight: Double = 1, undesirableWeight: Double = 1, balance: LabelBalance? = nil
  ) {
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
    self.balance = balance
  }
}

/// A labelled example as checks see it.
package struct CheckedRow: Sendable {
  package let example: Example
  package let label: Bool
  package let fingerprint: Fingerprint
  /// Nil where no model is known.
  package let tokens: TokenizedOutcome?

  package init(_ example: Example, label: Bool, fingerprint: Fingerprint, tokens: TokenizedOutcome? = nil) {
    self.example = example
    self.label = label
    self.fingerprint = fingerprint
    self.tokens = tokens
  }
}

/// Findings of checks, located by the example at hand where there is one.
package struct RowFindings {
  private let source: Source?
  package private(set) var diagnostics: [Diagnostic] = []

  package var hasError: Bool { diagnostics.contains { $0.severity == .error } }

  package init(source: Source? = nil, diagnostics: [Diagnostic] = []) {
    self.source = source
    self.diagnostics = diagnostics
  }

  package mutating func find(_ finding: Diagnostic) { diagnostics.append(finding) }

  package mutating func find(_ code: Code, _ message: String, hint: String? = nil) {
    diagnostics.append(
      Diagnostic(
        code, at: source?.location, pointer: source?.pointer ?? "", message: message, hint: hint))
  }
}
