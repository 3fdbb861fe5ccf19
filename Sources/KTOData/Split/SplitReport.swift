package import KTOCore

/// What a split did: shares and balance asked for and reached, and what was left out.
package struct SplitReport: Sendable {
  package let options: SplitOptions
  /// Rows that were split; each is in a part or counted as dropped.
  package let read: Int
  package let parts: [Part]

  package struct Part: Sendable {
    package var name: String
    /// The share asked for, in percent.
    package var ratio: Int
    package var groups: Int
    package var desirable: Int
    package var undesirable: Int
    package var droppedDesirable = 0
    package var droppedUndesirable = 0
    /// Weight of a row of each label whose own weight is 1; nil where weights were left alone.
    package var weights: (desirable: Double, undesirable: Double)?

    package var rows: Int { desirable + undesirable }
  }

  package var rows: Int { parts.reduce(0) { $0 + $1.rows } }
  package var dropped: Int { parts.reduce(0) { $0 + $1.droppedDesirable + $1.droppedUndesirable } }

  /// What came out otherwise than was asked for.
  package var findings: [Diagnostic] {
    var findings: [Diagnostic] = []
    for part in parts where part.ratio > 0 {
      if part.rows == 0 {
        findings.append(
          Diagnostic(
            .emptySplit, message: "the \(part.name) split is empty: no group is small enough for it",
            hint: "use more examples, another share, or smaller groups"))
      } else if part.desirable == 0 || part.undesirable == 0 {
        let label = part.desirable == 0 ? "undesirable" : "desirable"
        findings.append(
          Diagnostic(
            .oneClassSplit, message: "every row of the \(part.name) split is \(label)"))
      }
    }
    return findings
  }

  /// A table for people, a line a split.
  package var text: String {
    var lines: [String] = []
    for part in parts where part.ratio > 0 || part.rows > 0 {
      var line = "\(part.name): \(part.rows) rows (\(percent(part.rows, of: rows)), asked \(part.ratio)%)"
      line +=
        " in \(counted(part.groups, "group")): \(part.desirable) desirable, \(part.undesirable) undesirable"
      if part.rows > 0 {
        line += " (\(percent(part.desirable, of: part.rows)) / \(percent(part.undesirable, of: part.rows))"
        line += options.balance.map { ", asked \($0))" } ?? ")"
      }
      if part.droppedDesirable + part.droppedUndesirable > 0 {
        line += "; left out \(part.droppedDesirable) desirable, \(part.droppedUndesirable) undesirable"
      }
      if let weights = part.weights {
        line +=
          "; weights \(decimal(weights.desirable, digits: 3)) desirable, \(decimal(weights.undesirable, digits: 3)) undesirable"
      }
      lines.append(line)
    }
    lines.append("read \(read) = kept \(rows) + left out \(dropped)")
    lines += findings.map(\.description)
    return lines.joined(separator: "\n")
  }

  package func json() -> JSONValue {
    .members([
      "seed": .string(String(options.seed)), "ratios": .string(options.ratios.description),
      "balance": options.balance.map { .string($0.description) } ?? .null,
      "strategy": .string(options.strategy.rawValue), "group_by": .string(options.groupBy.rawValue),
      "read": .integer(read), "kept": .integer(rows), "dropped": .integer(dropped),
      "splits": .object(
        JSONObject(parts.map { JSONObject.Member($0.name, JSONNode($0.json())) })),
    ])
  }
}

extension SplitReport.Part {
  fileprivate func json() -> JSONValue {
    .members([
      "ratio": .integer(ratio), "rows": .integer(rows), "groups": .integer(groups),
      "desirable": .integer(desirable), "undesirable": .integer(undesirable),
      "dropped_desirable": .integer(droppedDesirable), "dropped_undesirable": .integer(droppedUndesirable),
      "weight_desirable": weights.map { .double($0.desirable) } ?? .null,
      "weight_undesirable": weights.map { .double($0.undesirable) } ?? .null,
    ])
  }
}
