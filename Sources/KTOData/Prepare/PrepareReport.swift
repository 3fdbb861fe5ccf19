package import KTOCore

/// What became of every row, stage by stage.
package struct PrepareReport: Sendable {
  /// Rows of each label.
  package struct Rows: Sendable, Equatable {
    package var desirable = 0
    package var undesirable = 0

    package var count: Int { desirable + undesirable }

    package init() {}

    mutating func add(_ label: Bool?) {
      if label == true { desirable += 1 } else { undesirable += 1 }
    }
  }

  /// Rows the source delivered, usable or not.
  package var read = 0
  /// Refused by ingest or the label rule: their label is not known.
  package var rejectedUnlabelled = 0
  /// Left out by the label rule, by reason.
  package var droppedByLabelRule: [String: Int] = [:]
  package var rejectedByValidation = Rows()
  package var rejectedByTokenization = Rows()
  package var droppedByBalance = Rows()
  /// Written rows longer than the sequence, whose end training does not see.
  package var truncated = Rows()
  package var written = Rows()
  package var tokens = (prompt: 0, completion: 0)
  package var quarantined = 0
  /// Findings by code, all severities.
  package var findings: [String: Int] = [:]
  /// Errors that stopped the run, by code: nothing was written where this is not empty.
  package var blocking: [String: Int] = [:]
  package var split: SplitReport?
  /// The manifest's root hash; nil where nothing was written.
  package var root: String?

  package init() {}

  package var isWritten: Bool { root != nil }

  /// Rows with a known end: written, rejected or dropped.
  package var accounted: Int {
    rejectedUnlabelled + droppedByLabelRule.values.reduce(0, +) + rejectedByValidation.count
      + rejectedByTokenization.count + droppedByBalance.count + written.count
  }

  /// A table for people: every row of the input is in exactly one line.
  package var text: String {
    var lines = [row("read", read, nil)]
    if rejectedUnlabelled > 0 { lines.append(row("- rejected while reading", rejectedUnlabelled, nil)) }
    for (reason, count) in droppedByLabelRule.sorted(by: { $0.key < $1.key }) {
      lines.append(row("- left out by the label rule", count, nil) + "  (\(reason))")
    }
    for (name, rows) in [
      ("- rejected by validation", rejectedByValidation),
      ("- rejected by tokenization", rejectedByTokenization),
      ("- left out for the balance", droppedByBalance),
    ] where rows.count > 0 {
      lines.append(row(name, rows.count, rows))
    }
    guard blocking.isEmpty else {
      let codes = blocking.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      lines.append("nothing was written: errors of " + codes.joined(separator: ", "))
      lines.append(
        "  mend them, or use --quarantine DIR to put such rows aside, or --allow "
          + blocking.keys.sorted().joined(separator: ",") + " to go on regardless")
      return lines.joined(separator: "\n")
    }
    lines.append(row("= written", written.count, written))
    if let split {
      for part in split.parts where part.rows > 0 {
        var rows = Rows()
        (rows.desirable, rows.undesirable) = (part.desirable, part.undesirable)
        lines.append(row("    \(part.name)", rows.count, rows))
      }
      lines += split.findings.map(\.description)
    }
    if truncated.count > 0 {
      lines.append(row("longer than max_length: training cuts", truncated.count, truncated))
    }
    if quarantined > 0 { lines.append(row("quarantined", quarantined, nil)) }
    lines.append("tokens: \(tokens.prompt) prompt, \(tokens.completion) completion")
    if let root { lines.append("root hash: \(root)") }
    return lines.joined(separator: "\n")
  }

  package func json() -> JSONValue {
    func rows(_ rows: Rows) -> JSONValue {
      .members(["desirable": .integer(rows.desirable), "undesirable": .integer(rows.undesirable)])
    }
    func counts(_ counts: [String: Int]) -> JSONValue {
      .object(sorted: counts.map { ($0.key, .integer($0.value)) })
    }
    return .members([
      "read": .integer(read), "rejected_while_reading": .integer(rejectedUnlabelled),
      "dropped_by_label_rule": counts(droppedByLabelRule),
      "rejected_by_validation": rows(rejectedByValidation),
      "rejected_by_tokenization": rows(rejectedByTokenization),
      "dropped_by_balance": rows(droppedByBalance), "written": rows(written), "truncated": rows(truncated),
      "tokens": .members(["prompt": .integer(tokens.prompt), "completion": .integer(tokens.completion)]),
      "quarantined": .integer(quarantined), "findings": counts(findings), "blocking": counts(blocking),
      "split": split?.json() ?? .null, "root": root.map { .string($0) } ?? .null,
    ])
  }

  private func row(_ name: String, _ count: Int, _ rows: Rows?) -> String {
    let number = String(count)
    let gap = String(repeating: " ", count: max(1, 40 - name.count - number.count))
    let classes = rows.map { "  (\($0.desirable) desirable, \($0.undesirable) undesirable)" } ?? ""
    return name + gap + number + classes
  }
}
