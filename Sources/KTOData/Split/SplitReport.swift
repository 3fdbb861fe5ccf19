package import KTOCore

/// What a split did: shares and balance asked for and reached, and what was left out.
package struct SplitReport: Sendable {
  package let options: SplitOptions
  /// Rows that were split; each is in a part or counted as dropped.
  package let read: ClassCounts
  package let parts: [Part]
  let strata: [StratumReport]
  /// What gave the parts, where they were not divided here, in a phrase for people.
  package let keptFrom: String?
  package let leaks: [Leak]

  /// Groups that have rows in two of the parts that were kept.
  package struct Leak: Sendable {
    package var parts: (String, String)
    package var groups: Int
    /// A row of each part that are of one group.
    package var rows: (Int, Int)
  }

  package struct Part: Sendable {
    package var name: String
    /// The share asked for, in percent; nil for a part that was kept as it is.
    package var ratio: Int?
    package var groups: Int
    package var desirable: Int
    package var undesirable: Int
    package var droppedDesirable = 0
    package var droppedUndesirable = 0
    /// Weight of a row of each label whose own weight is 1; nil where weights were left alone.
    package var weights: (desirable: Double, undesirable: Double)?
    /// The earliest and the latest row that has a time, seconds since 1970 began, before the balance.
    package var times: (first: Double, last: Double)?
    /// Rows that are no later than the latest row of an earlier part.
    package var earlierRows = 0

    package var rows: Int { desirable + undesirable }
    package var kept: ClassCounts { ClassCounts(desirable: desirable, undesirable: undesirable) }
    package var dropped: ClassCounts {
      ClassCounts(desirable: droppedDesirable, undesirable: droppedUndesirable)
    }
    fileprivate var isWanted: Bool { ratio != 0 }
  }

  package var kept: ClassCounts { parts.reduce(into: ClassCounts()) { $0 += $1.kept } }
  package var dropped: ClassCounts { parts.reduce(into: ClassCounts()) { $0 += $1.dropped } }

  /// What came out otherwise than was asked for.
  /// - Parameter id: the id of a row's example, where it is known.
  package func findings(id: (Int) -> String? = { _ in nil }) -> [Diagnostic] {
    var findings: [Diagnostic] = leaks.map { leak in
      var message =
        "\(leak.parts.0) and \(leak.parts.1) share \(counted(leak.groups, "group")) of alike prompts"
      if let first = id(leak.rows.0), let second = id(leak.rows.1) {
        message += ", such as that of the examples \(excerpt(first)) and \(excerpt(second))"
      }
      return Diagnostic(
        .leakedGroup, message: message, hint: "divide the examples again, in one run of split")
    }
    for part in parts where part.isWanted {
      if part.rows == 0, part.ratio == nil {
        findings.append(
          Diagnostic(
            .emptySplit, message: "the \(part.name) part is empty: its files hold no row that can be used",
            hint: "look at what was left out of it"))
      } else if part.rows == 0 {
        findings.append(
          Diagnostic(
            .emptySplit,
            message: "the \(part.name) split is empty: the groups do not divide so that it gets one",
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
    if let keptFrom { lines.append(keptFrom) }
    for part in parts where part.isWanted || part.rows > 0 {
      var line = "\(part.name): \(part.rows) rows (\(percent(part.rows, of: kept.total))"
      line += part.ratio.map { ", asked \($0)%)" } ?? ")"
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
      if let times = part.times {
        line += "; from \(timestampText(times.first)) to \(timestampText(times.last))"
      }
      if part.earlierRows > 0 {
        line +=
          "; \(part.earlierRows) of them no later than what comes before, since their groups have later rows"
      }
      lines.append(line)
    }
    lines += strata.map(\.text)
    lines.append("read \(read.total) = kept \(kept.total) + left out \(dropped.total)")
    if dropped.total > 0 {
      for (name, isDesirable) in [("desirable", true), ("undesirable", false)] {
        lines.append(
          "  \(name): \(read[isDesirable]) = \(kept[isDesirable]) + \(dropped[isDesirable])")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// - Parameter files: the name of each part's file, for those that have one.
  package func json(files: [String: String] = [:]) -> JSONValue {
    func byClass(_ isDesirable: Bool) -> JSONValue {
      .members([
        "read": .integer(read[isDesirable]), "kept": .integer(kept[isDesirable]),
        "dropped": .integer(dropped[isDesirable]),
      ])
    }
    return .members([
      "seed": .string(String(options.seed)),
      "ratios": keptFrom == nil ? .string(options.ratios.description) : .null,
      "balance": options.balance.map { .string($0.description) } ?? .null,
      "strategy": .string(options.strategy.rawValue), "group_by": .string(options.groupBy.description),
      "stratify": .items(options.stratify.map { .string($0.description) }),
      "by_time": options.byTime.map { .string($0.text) } ?? .null,
      "read": .integer(read.total), "kept": .integer(kept.total), "dropped": .integer(dropped.total),
      "classes": .members(["desirable": byClass(true), "undesirable": byClass(false)]),
      "splits": .object(
        JSONObject(parts.map { JSONObject.Member($0.name, JSONNode($0.json(file: files[$0.name]))) })),
      "strata": .object(
        JSONObject(strata.map { JSONObject.Member($0.by, JSONNode($0.json(parts: parts.map(\.name)))) })),
    ])
  }
}

extension SplitReport.Part {
  fileprivate func json(file: String?) -> JSONValue {
    .members([
      "file": file.map { .string($0) } ?? .null, "ratio": ratio.map { .integer($0) } ?? .null,
      "read": .integer(rows + dropped.total), "rows": .integer(rows), "dropped": .integer(dropped.total),
      "groups": .integer(groups), "desirable": .integer(desirable), "undesirable": .integer(undesirable),
      "dropped_desirable": .integer(droppedDesirable), "dropped_undesirable": .integer(droppedUndesirable),
      "weight_desirable": weights.map { .double($0.desirable) } ?? .null,
      "weight_undesirable": weights.map { .double($0.undesirable) } ?? .null,
      "first_time": times.map { .string(timestampText($0.first)) } ?? .null,
      "rows_no_later_than_before": .integer(earlierRows),
      "last_time": times.map { .string(timestampText($0.last)) } ?? .null,
    ])
  }
}
