package import KTOCore

/// W22: one prompt holds more than a tenth of the examples.
///
/// Counts the most frequent prompts by the Misra-Gries summary: 1,024 counters, so memory does not grow with the input,
/// and a count is at most a thousandth of the examples too low. Prompts are alike as groups are: whatever their white space
/// and case.
package struct DominantPromptCheck: Check {
  package static let codes = [
    Code(
      "W22", .warning, "one prompt holds more than a tenth of the examples",
      why: """
        The model trains on that prompt in every few steps and learns it by heart; a split keeps its examples together, so \
        that the splits cannot have the shares that were asked for.
        """,
      example: "300 of 1,000 examples answer \"Tell me a joke\"",
      remedy: """
        Keep some of its examples. Where an export left the question out and a system message alone remains, export the \
        questions, too.
        """)
  ]
  package static let takesOnlySound = true

  /// Fewer examples are a small file, or one prompt with several answers.
  private static let minimumCount = 20
  private static let counterLimit = 1024

  private struct Counter {
    var count = 1
    var first: Source
  }

  private var counters: [UInt64: Counter] = [:]
  private var total = 0
  /// How often every counter lost one: counts are at most this much too low.
  private var losses = 0

  private let limit: Double

  package init(_ context: CheckContext) { limit = context.limits.promptShare }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) {
    total += 1
    let key = row.fingerprint.likeness.prompt
    if (counters[key]?.count += 1) != nil { return }
    if counters.count < Self.counterLimit {
      counters[key] = Counter(first: row.example.source)
    } else {
      losses += 1
      counters = counters.compactMapValues {
        $0.count > 1 ? Counter(count: $0.count - 1, first: $0.first) : nil
      }
    }
  }

  package mutating func finish(_ findings: inout RowFindings) {
    guard let most = counters.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) })?.value,
      most.count >= Self.minimumCount, Double(most.count) > limit * Double(total)
    else { return }
    let place = "\(excerpt(most.first.file, limit: 80)):\(most.first.line)"
    findings.find(
      Self.codes[0],
      "\(losses == 0 ? "" : "at least ")\(most.count) of \(total) examples "
        + "(\(percent(most.count, of: total))) have one prompt, that of \(place)",
      hint: "keep some of its examples, or look whether the export left the questions out")
  }
}
