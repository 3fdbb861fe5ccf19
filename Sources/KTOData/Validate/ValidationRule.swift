internal import KTOCore

/// One check of labelled examples. It sees each example once and keeps only counts or hashes.
protocol ValidationRule: Sendable {
  /// Whether the rule takes only examples without errors, because it speaks of what will be trained on.
  static var takesOnlySound: Bool { get }
  /// Looks at one example and adds what is wrong with it.
  mutating func check(_ example: Example, _ findings: inout RuleFindings)
  /// Adds what is wrong with the set as a whole.
  mutating func finish(_ findings: inout RuleFindings)
}

extension ValidationRule {
  static var takesOnlySound: Bool { false }

  mutating func check(_ example: Example, _ findings: inout RuleFindings) {}
  mutating func finish(_ findings: inout RuleFindings) {}
}

/// Findings of rules, located by the example at hand only where there is one.
struct RuleFindings {
  var source: Source?
  var hasError: Bool { diagnostics.contains { $0.severity == .error } }
  private(set) var diagnostics: [Diagnostic] = []

  init(source: Source? = nil) { self.source = source }

  mutating func error(_ code: String, _ message: String, hint: String? = nil) {
    add(.error, code, message, hint)
  }

  mutating func warn(_ code: String, _ message: String, hint: String? = nil) {
    add(.warning, code, message, hint)
  }

  /// Adds findings that were located elsewhere.
  mutating func add(_ found: [Diagnostic]) { diagnostics += found }

  private mutating func add(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, _ hint: String?
  ) {
    diagnostics.append(
      Diagnostic(
        severity, code: code, at: source?.location(), pointer: source?.pointer ?? "", message: message,
        hint: hint))
  }
}
