package import KTOCore

/// What validating some files found: the account of their rows, and what the class counts call for.
package struct ValidationReport: Sendable {
  package var files: [FileSummary]
  package var account: RowAccount
  /// Every finding that was kept for the report, in the order of the input.
  package var findings: [Diagnostic]

  package init(files: [FileSummary], account: RowAccount, findings: [Diagnostic] = []) {
    self.files = files
    self.account = account
    self.findings = findings
  }

  /// The report as lines for a person; the same input gives the same text.
  package func text() -> String {
    var lines = files.map(\.text) + account.lines
    lines.append("classes: \(account.accepted.text)")
    if let advice = account.accepted.weightAdvice { lines.append("weights: \(advice)") }
    lines += account.findings.isEmpty ? ["no findings"] : account.findingLines
    return lines.joined(separator: "\n") + "\n"
  }

  /// The report as one JSON object.
  /// - Parameter title: the title of a code.
  package func json(title: (String) -> String?) -> JSONValue {
    func range(_ range: ClosedRange<Double>?) -> JSONValue {
      range.map { .items([.double($0.lowerBound), .double($0.upperBound)]) } ?? .null
    }
    let members =
      [("files", JSONValue.items(files.map { $0.json() }))] + account.json() + [
        ("lambda_d", range(account.accepted.desirableWeights)),
        ("lambda_u", range(account.accepted.undesirableWeights)),
        ("errors", .integer(account.errorCount)),
        ("findings", .items(findings.map { $0.json(title: title($0.code)) })),
      ]
    return .object(JSONObject(members.map { JSONObject.Member($0.0, JSONNode($0.1)) }))
  }
}

extension Diagnostic {
  /// The finding as one JSON object.
  /// - Parameter title: its code's.
  package func json(title: String?) -> JSONValue {
    .members([
      "code": .string(code), "severity": .string(severity.rawValue),
      "title": title.map { .string($0) } ?? .null,
      "file": location.map { .string($0.file) } ?? .null, "line": location.map { .integer($0.line) } ?? .null,
      "column": location.map { .integer($0.column) } ?? .null,
      "byteOffset": location.map { .integer($0.byteOffset) } ?? .null, "pointer": .string(pointer),
      "message": .string(message), "hint": hint.map { .string($0) } ?? .null,
    ])
  }
}
