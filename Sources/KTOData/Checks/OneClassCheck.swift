package import KTOCore

/// E09: nothing to compare, because a class has no examples.
package struct OneClassCheck: Check {
  package static let codes = [
    Code(
      "E09", .error, "a class has no examples",
      why:
        "KTO learns from the contrast of desirable and undesirable answers; with one class alone there is none.",
      example: "a file in which every label is true",
      remedy: """
        Add examples of the other class, or choose the evidence that tells the classes apart with data.label.from.
        """)
  ]
  package static let takesOnlySound = true

  private var counts = ClassCounts()

  package init?(_ context: CheckContext) {
    guard context.judgesClasses else { return nil }
  }

  package mutating func add(_ row: CheckedRow, _ findings: inout RowFindings) { counts.add(row.label) }

  package mutating func finish(_ findings: inout RowFindings) {
    if let finding = Self.finding(on: counts) { findings.find(finding) }
  }

  /// E09 for rows that have one label alone, or none at all.
  static func finding(on counts: ClassCounts) -> Diagnostic? {
    switch (counts.desirable, counts.undesirable) {
    case (0, 0): Diagnostic(codes[0], message: nothingLabelled, hint: hint(unusedFields: []))
    case (0, let count):
      Diagnostic(
        codes[0], message: "all \(count) labelled examples are undesirable",
        hint: "KTO needs both classes: add desirable ones")
    case (let count, 0):
      Diagnostic(
        codes[0], message: "all \(count) labelled examples are desirable",
        hint: "KTO needs both classes: add undesirable ones")
    default: nil
    }
  }

  /// What is said where no example has a label.
  package static let nothingLabelled = "no labelled examples"

  /// What can be done where no example has a label, given the fields that nothing reads: one may be the verdict.
  package static func hint(unusedFields: [String]) -> String {
    let hint = "add a label field, or choose another evidence with data.label.from"
    guard !unusedFields.isEmpty else { return hint }
    let names = unusedFields.prefix(5).map { excerpt($0, limit: 32) }.joined(separator: ", ")
    return hint + "; data.label.field names the field of a verdict: not used are \(names)"
  }
}
