package import KTOCore

/// What only a model's own tokenizer shows; see `RowTokenizer`, whose findings these are. Of the set: prompts that are
/// too long, which shift the balance of the classes.
package struct TokenizationCheck: Check {
  package static let codes = [
    Code(
      "W16", .warning, "rows whose prompts are too long shift the class balance",
      why:
        "Rows that cannot train are missing from the class counts, so weights that fitted all rows may not fit the rest.",
      example: "a data set whose undesirable answers come from long conversations, and max_seq_length: 512",
      remedy: "Raise model.max_seq_length, or balance the classes again.")
  ]

  private var tooLong = ClassCounts()

  package init(_ context: CheckContext) {}

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    if row.tokens?.findings.contains(where: { $0.code == Code.promptTooLong.id }) == true {
      tooLong.add(row.label)
    }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    guard tooLong.total > 0 else { return }
    findings.find(
      Self.codes[0],
      "prompts that are too long take \(tooLong.desirable) desirable and \(tooLong.undesirable) "
        + "undesirable examples out of the balance")
  }
}
