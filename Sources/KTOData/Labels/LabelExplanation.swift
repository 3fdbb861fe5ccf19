internal import KTOCore

/// What each rule of a file took, with the first examples of each; what no rule took; and what could not be used.
package struct LabelExplanation: Sendable {
  /// Examples of one outcome.
  package struct Share: Sendable {
    package var counts = ClassCounts()
    /// Left out by the rule, such as a score between its limits.
    package var leftOut: [DropReason: Int] = [:]
    package var refused = 0
    /// The first of them: place, what decided, and what became of it.
    package var shown: [String] = []

    package var total: Int { counts.total + leftOut.values.reduce(0, +) + refused }
  }

  /// How many examples are shown of each outcome of a rule.
  package static let shownLimit = 3

  private let file: LabelRuleFile
  package private(set) var rules: [Share]
  package private(set) var untaken = Share()

  package init(_ file: LabelRuleFile) {
    self.file = file
    rules = file.rules.map { _ in Share() }
  }

  /// Adds a row, whatever became of it.
  package mutating func add(_ row: Row) {
    guard let example = row.example else { return }
    if let rule = row.labelRule, rules.indices.contains(rule) {
      Self.add(row, example, to: &rules[rule])
    } else {
      Self.add(row, example, to: &untaken)
    }
  }

  private static func add(_ row: Row, _ example: Example, to share: inout Share) {
    let outcome: String
    switch row.state {
    case .dropped(let reason):
      share.leftOut[reason, default: 0] += 1
      outcome = reason.isWithoutVerdict ? "" : "left out: \(reason.rawValue)"
    case .accepted where example.label != nil:
      share.counts.add(example.label)
      outcome = example.label == true ? "desirable" : "undesirable"
    default:
      share.refused += 1
      outcome = "cannot be used" + (row.findings.first { $0.severity == .error }.map { ": \($0.code)" } ?? "")
    }
    // One of each outcome before a second of any.
    let seen = share.shown.count { $0.hasSuffix(outcome) }
    guard share.shown.count < shownLimit, seen < shownLimit - 1 else { return }
    let evidence = row.evidenceNames.prefix(3).joined(separator: ", ")
    let what = evidence.isEmpty ? "nothing that a rule reads" : evidence
    share.shown.append("\(example.source.location): \(what)" + (outcome.isEmpty ? "" : " → \(outcome)"))
  }

  /// A line a rule and its examples, for people.
  package var lines: [String] {
    var lines = ["rules of \(file.path), of which the first that takes an example decides:"]
    for (index, share) in rules.enumerated() {
      lines.append(RowAccount.line("\(index + 1). \(file.rules[index].title)", share.total, share.note))
      lines += share.shown.map { "     " + $0 }
    }
    lines.append(RowAccount.line("no rule", untaken.total, untaken.refused > 0 ? untaken.note : nil))
    lines += untaken.shown.map { "     " + $0 }
    return lines
  }
}

extension LabelExplanation.Share {
  /// Classes, and what was left out and why.
  fileprivate var note: String? {
    guard total > 0 else { return nil }
    var parts = counts.total > 0 ? [counts.text] : []
    for reason in DropReason.allCases where !reason.isWithoutVerdict {
      if let count = leftOut[reason] { parts.append("\(count) left out: \(reason.rawValue)") }
    }
    if refused > 0 { parts.append("\(refused) cannot be used") }
    return parts.joined(separator: ", ")
  }
}
