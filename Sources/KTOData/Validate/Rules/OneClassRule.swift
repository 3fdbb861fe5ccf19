internal import KTOCore

/// E09: nothing to compare, because a class has no examples.
struct OneClassRule: ValidationRule {
  static let takesOnlySound = true

  private var balance = ClassBalance()

  mutating func check(_ example: Example, _ findings: inout RuleFindings) { balance.add(example.label) }

  mutating func finish(_ findings: inout RuleFindings) {
    switch (balance.desirable, balance.undesirable) {
    case (0, 0):
      findings.error(
        "E09", "no labelled examples", hint: "add a label field, or choose another evidence with label.from")
    case (0, let count):
      findings.error(
        "E09", "all \(count) labelled examples are undesirable",
        hint: "KTO needs both classes: add desirable ones")
    case (let count, 0):
      findings.error(
        "E09", "all \(count) labelled examples are desirable",
        hint: "KTO needs both classes: add undesirable ones")
    default: break
    }
  }
}
