package import KTOCore

/// E07: the same prompt and completion under both labels. W10: the same example again.
package struct RepetitionCheck: Check {
  package static let contradiction = Code(
    "E07", .error, "the same answer stands under both labels",
    why:
      "One answer to one prompt cannot be both desirable and undesirable; training on both teaches nothing.",
    example: """
      {"prompt": "Hi", "completion": "Hello", "label": true}
      {"prompt": "Hi", "completion": "Hello", "label": false}
      """,
    remedy: "Keep the label that is right, or remove both.")
  package static let repetition = Code(
    "W10", .warning, "the same example comes again",
    why: "What comes twice counts twice in the loss, and may lie on both sides of a split.",
    example: "a file that was joined with a copy of itself",
    remedy: "Remove the copies, unless the votes were really given twice.")
  package static let codes = [contradiction, repetition]

  private struct Key: Hashable {
    var row: UInt64
    var tail: UInt64
  }

  private struct First {
    /// How many examples came before it.
    var number: UInt32
    var label: Bool
  }

  private var seen: [Key: First] = [:]
  private var count: UInt32 = 0

  package init(_ context: CheckContext) {}

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    count &+= 1
    let label = row.label
    let key = Key(row: row.fingerprint.row, tail: row.fingerprint.rowTail)
    guard let first = seen[key] else {
      seen[key] = First(number: count, label: label)
      return
    }
    if first.label != label {
      findings.find(
        Self.contradiction,
        "the same prompt and completion stand under both labels; example \(first.number) says "
          + (first.label ? "desirable" : "undesirable"), hint: "keep the label that is right")
    } else {
      findings.find(Self.repetition, "the same prompt and completion as in example \(first.number)")
    }
  }
}
