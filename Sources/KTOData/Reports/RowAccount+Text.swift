package import KTOCore

extension RowAccount {
  /// A table for people: every record and every example is in exactly one line.
  package var lines: [String] {
    var lines = [Self.line("records", records, recordNote), Self.line("examples", examples)]
    lines.append(Self.line("- accepted", accepted.total, accepted.text))
    if rejected.total > 0 { lines.append(Self.line("- rejected", rejected.total, rejected.text)) }
    for reason in DropReason.allCases {
      if let count = dropped[reason], count > 0 {
        lines.append(Self.line("- left out by the label rule", count, reason.rawValue))
      }
    }
    return lines
  }

  private var recordNote: String? {
    var notes: [String] = []
    if emptyRecords > 0 { notes.append("\(emptyRecords) without an example") }
    if rejectedRecords > 0 { notes.append("\(rejectedRecords) rejected whole") }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  /// A name, a count in a column, and a note in brackets.
  static func line(_ name: String, _ count: Int, _ note: String? = nil) -> String {
    let number = String(count)
    let gap = String(repeating: " ", count: max(1, 40 - name.count - number.count))
    return name + gap + number + (note.map { "  (\($0))" } ?? "")
  }

  /// A line a code: `error E01: 3 (1 desirable, 0 undesirable, 2 without a label)`.
  package var findingLines: [String] {
    sortedFindings.map { code, count in
      let isOfExamples = count.classes.desirable + count.classes.undesirable > 0
      return "\(count.severity.rawValue) \(code): \(count.total)"
        + (isOfExamples ? " (\(count.classes.text))" : "")
    }
  }

  /// The numbers as JSON: `records`, `examples` and `findings`, the same in every command.
  package func json() -> [(String, JSONValue)] {
    let drops = DropReason.allCases.compactMap { reason in
      dropped[reason].map { (reason.rawValue, JSONValue.integer($0)) }
    }
    let findings = sortedFindings.map { code, count in
      JSONObject.Member(
        code,
        JSONNode(
          .members([
            "severity": .string(count.severity.rawValue), "total": .integer(count.total),
            "classes": count.classes.json(),
          ])))
    }
    return [
      (
        "records",
        .members([
          "total": .integer(records), "empty": .integer(emptyRecords), "rejected": .integer(rejectedRecords),
        ])
      ),
      (
        "examples",
        .members([
          "total": .integer(examples), "accepted": accepted.json(), "rejected": rejected.json(),
          "dropped": .object(sorted: drops),
        ])
      ),
      ("codes", .object(JSONObject(findings))),
    ]
  }
}
