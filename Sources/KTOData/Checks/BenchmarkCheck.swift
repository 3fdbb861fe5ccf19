package import KTOCore

/// W11: an example has a run of words that a benchmark has, too.
package struct BenchmarkCheck: Check {
  package static let codes = [
    Code(
      "W11", .warning, "an example holds a piece of a benchmark's text",
      why: """
        A model that was trained on a benchmark's questions or answers is measured too well by it, and nobody can tell by \
        how much.
        """,
      example: "data.benchmarks: [test.jsonl], and a prompt with 13 words in a row of a question in it",
      remedy: "Leave the example out, or measure with another benchmark.")
  ]

  private let index: BenchmarkIndex

  package init?(_ context: CheckContext) {
    guard let index = context.benchmarks else { return nil }
    self.index = index
  }

  package func look(at row: CheckedRow, _ findings: inout RowFindings) {
    guard let overlap = index.overlap(in: row.example) else { return }
    findings.find(
      Self.codes[0],
      "the \(overlap.part) shares \(index.size) words in a row with \(excerpt(overlap.file, limit: 80)):\(overlap.line): "
        + "\"\(excerpt(overlap.words, limit: 120))\"",
      hint: "leave the example out, or measure with another benchmark")
  }
}
