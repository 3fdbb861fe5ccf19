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
    case (0, 0):
      Diagnostic(
        codes[0], message: "no labelled examples",
        hint: "add a label field, or choose another evidence with data.label.from")
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
}
