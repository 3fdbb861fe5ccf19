package import KTOCore

/// What validating some files found: the account of their rows, and what the class counts call for.
package struct ValidationReport: Sendable {
  package var files: [FileSummary]
  package var account: RowAccount
  /// The findings that were shown, in the order of the input.
  package var findings: [Diagnostic]
  /// Every finding, up to the limit of the collection, for the forms that list them all.
  package var collected: [CollectedFinding]
  /// Findings beyond that limit.
  package var omittedCount: Int
  /// What checks counted, in lines for a person.
  package var notes: [String] = []
  /// Findings that the baseline knows, which are in the account alone, and its entries that were not found; nil without
  /// a baseline.
  package var baseline: (known: Int, gone: Int)?

  package init(
    files: [FileSummary], account: RowAccount, findings: [Diagnostic] = [],
    collected: [CollectedFinding] = [], omittedCount: Int = 0
  ) {
    self.files = files
    self.account = account
    self.findings = findings
    self.collected = collected
    self.omittedCount = omittedCount
  }

  /// - Parameter shown: the findings that were shown.
  package init(
    files: [FileSummary], account: RowAccount, shown: [Diagnostic], collection: FindingCollection
  ) {
    self.init(
      files: files, account: account, findings: shown, collected: collection.findings,
      omittedCount: collection.omittedCount)
    baseline = collection.baseline.map { (collection.knownCount, $0.count) }
  }

  /// How many findings a form that lists them all leaves out; nil where it has all.
  var omissionText: String? {
    omittedCount > 0
      ? "\(counted(omittedCount, "more finding")) left out: a report holds \(collected.count) at most" : nil
  }

  /// The report as lines for a person; the same input gives the same text.
  package func text() -> String {
    var lines = files.map(\.text) + account.lines
    lines.append("classes: \(account.accepted.text)")
    if let advice { lines.append("weights: \(advice)") }
    lines += notes
    lines += account.findings.isEmpty ? ["no findings"] : account.findingLines
    if let baseline {
      lines.append("of these in the baseline: \(baseline.known); in the baseline alone: \(baseline.gone)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The loss weights that suit, by the classes' counts or by the weights that rows have.
  private var advice: String? {
    let masses = account.acceptedMasses
    guard masses != ClassMasses(account.accepted) else { return account.accepted.weightAdvice }
    let sums =
      "the rows' own add up to \(decimal(masses.desirable, digits: 2)) desirable and "
      + "\(decimal(masses.undesirable, digits: 2)) undesirable"
    guard let ratio = masses.ratio(desirableWeight: 1, undesirableWeight: 1),
      !ClassCounts.recommendedRatio.contains(ratio),
      let setting = masses.setting(desirableWeight: 1, undesirableWeight: 1)
    else { return sums }
    return "\(sums); \(setting.key)=\(setting.value) with the other at 1 suits them"
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
        ("notes", .items(notes.map { .string($0) })),
        (
          "baseline",
          baseline.map { .members(["known": .integer($0.known), "gone": .integer($0.gone)]) } ?? .null
        ),
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
