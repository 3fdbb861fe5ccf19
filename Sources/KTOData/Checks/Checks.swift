package import KTOCore

/// Every check, in the order in which they run.
package let checks: [any Check.Type] = [
  RepetitionCheck.self, TokenizationCheck.self, TemplateOmissionCheck.self, OneClassCheck.self,
  ClassWeightCheck.self, LengthShortcutCheck.self, InnerLengthCheck.self, AnswerShortcutCheck.self,
  RefusalCheck.self,
  TruncationCheck.self,
  EncodingCheck.self,
  SpecialTokenCheck.self, EchoCheck.self, LabelRunCheck.self, DominantPromptCheck.self,
  PersonalDataCheck.self, AnnotatorCheck.self, BenchmarkCheck.self,
]

/// The checks of one run over any number of files; nothing stops them, every finding is collected.
package struct CheckRun: Sendable {
  private var members: [any Check]

  package init(_ context: CheckContext = CheckContext()) { members = checks.compactMap { $0.init(context) } }

  /// Adds what is wrong with one example by itself.
  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    for member in members where !(type(of: member).takesOnlySound && findings.hasError) {
      member.look(at: row, &findings)
    }
  }

  /// Takes the next example and adds what is wrong with it in the company of those before.
  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    for index in members.indices where !(type(of: members[index]).takesOnlySound && findings.hasError) {
      members[index].add(row, &findings)
    }
  }

  /// What is wrong with all of them together. Call once, last.
  package mutating func finish() -> [Diagnostic] {
    var findings = RowFindings()
    for index in members.indices { members[index].finish(&findings) }
    return findings.diagnostics
  }

  /// What checks counted, in lines for the report. Ask after `finish()`.
  package var notes: [String] { members.flatMap(\.notes) }

  /// Why a check could not be made. Ask after `finish()`.
  package var failure: SplitError? { members.lazy.compactMap(\.failure).first }
}
