package import KTOCore

/// What looking for duplicates found.
package struct DedupReport: Sendable, Equatable {
  package internal(set) var read = ClassCounts()
  package internal(set) var kept = ClassCounts()
  /// Rows that are not kept, by how they are alike to the one that is.
  package private(set) var matches: [DuplicateKind: Int] = [:]
  /// Of these, those whose kept row is of the older set.
  package private(set) var olderMatches = 0
  /// Of those that are the same as the row that is kept, exactly or normalized, those that have another label.
  package private(set) var contradictions = 0
  /// The same of those that are near duplicates of it, not through other rows.
  package private(set) var nearWithOtherLabel = 0

  mutating func add(_ match: DedupMatch) {
    matches[match.kind, default: 0] += 1
    if match.isOlder { olderMatches += 1 }
    guard match.labelsDiffer == true else { return }
    if match.kind == .near { nearWithOtherLabel += 1 } else { contradictions += 1 }
  }

  /// A table for people.
  /// - Parameters:
  ///   - options: with which it was looked for.
  ///   - hasOlder: whether there was an older set.
  package func lines(_ options: DedupOptions, hasOlder: Bool) -> [String] {
    var lines = [RowAccount.line("compared by \(options.of.rawValue)", read.total, read.text)]
    for kind in DuplicateKind.allCases where kind <= options.level {
      lines.append(RowAccount.line("- \(kind.rawValue) duplicates", matches[kind] ?? 0))
    }
    lines.append(RowAccount.line("= kept", kept.total, kept.text))
    if hasOlder { lines.append(RowAccount.line("duplicates of the older set", olderMatches)) }
    if options.of == .row {
      lines.append(
        RowAccount.line(
          "the same with the other label", contradictions,
          contradictions > 0 ? "one of the two labels is wrong: look at them" : nil))
    }
    if options.of == .row, options.level == .near {
      lines.append(
        RowAccount.line(
          "alike with the other label", nearWithOtherLabel,
          nearWithOtherLabel > 0 ? "look at what the two differ in" : nil))
    }
    return lines
  }

  package func json() -> JSONValue {
    .members([
      "read": read.json(), "kept": kept.json(),
      "duplicates": .members([
        "exact": .integer(matches[.exact] ?? 0), "normalized": .integer(matches[.normalized] ?? 0),
        "near": .integer(matches[.near] ?? 0),
      ]),
      "of_older_set": .integer(olderMatches), "same_with_other_label": .integer(contradictions),
      "near_with_other_label": .integer(nearWithOtherLabel),
    ])
  }
}
